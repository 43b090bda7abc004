import { STORAGE_KEYS } from "../config";
import { BLANK, type Drawing } from "../ink/drawing";
import type { Stroke } from "../ink/stroke";

/** What was drawn in this tab before it was loaded again; blank where that is not known. */
export function keptDrawing(): Drawing {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(STORAGE_KEYS.drawing) ?? "[]");
    return Array.isArray(kept) && kept.length > 0 && kept.every(isStroke) ? { strokes: kept } : BLANK;
  } catch {
    return BLANK;
  }
}

/** Keeps a drawing for as long as the tab is open. A picture is not kept: it is large, and where it came from. */
export function keepDrawing({ strokes }: Drawing): void {
  try {
    sessionStorage.setItem(STORAGE_KEYS.drawing, JSON.stringify(strokes));
  } catch {
    // Storage is blocked: a reload begins anew.
  }
}

function isStroke(value: unknown): value is Stroke {
  if (typeof value !== "object" || value === null) return false;
  const { points, width } = value as Partial<Record<keyof Stroke, unknown>>;
  return typeof width === "number" && Array.isArray(points) && points.every(isPoint);
}

function isPoint(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { x, y } = value as { readonly x?: unknown; readonly y?: unknown };
  return typeof x === "number" && typeof y === "number";
}
