import type { Stroke } from "./stroke";

/**
 * All strokes on the field, oldest first. Drawings are values: every change makes a new one, so that a drawing's
 * identity tells whether an answer belongs to what is on the field now.
 */
export interface Drawing {
  readonly strokes: readonly Stroke[];
}

/** Nothing drawn. */
export const BLANK: Drawing = { strokes: [] };

/** The box around the ink, pen width included. */
export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Whether there is no ink. */
export function isBlank(drawing: Drawing): boolean {
  return drawing.strokes.length === 0;
}

/** The drawing with one more stroke on top. */
export function withStroke(drawing: Drawing, stroke: Stroke): Drawing {
  return { strokes: [...drawing.strokes, stroke] };
}

/** The box around all ink, or `undefined` for a blank drawing. */
export function boundsOf(drawing: Drawing): Bounds | undefined {
  if (isBlank(drawing)) return undefined;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { points, width } of drawing.strokes) {
    const reach = width / 2;
    for (const { x, y } of points) {
      left = Math.min(left, x - reach);
      top = Math.min(top, y - reach);
      right = Math.max(right, x + reach);
      bottom = Math.max(bottom, y + reach);
    }
  }
  return { left, top, right, bottom };
}
