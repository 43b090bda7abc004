import { FIELD } from "./point";
import type { Stroke } from "./stroke";

/** A picture that was brought along instead of drawn. */
export interface Picture {
  /** As the API gets it, a data URL. */
  readonly url: string;
  /** As the field shows it. */
  readonly image: CanvasImageSource;
  readonly width: number;
  readonly height: number;
}

/**
 * What is on the field: strokes, oldest first, or a picture. Drawings are values: every change makes a new one, so that
 * a drawing's identity tells whether an answer belongs to what is on the field now.
 */
export interface Drawing {
  readonly strokes: readonly Stroke[];
  readonly picture?: Picture;
}

/** Nothing drawn. */
export const BLANK: Drawing = { strokes: [] };

/** Where a picture lies on the field, and how much larger than it is: as large as the field allows, in its middle. */
export function placeOf({ width, height }: Pick<Picture, "width" | "height">): {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
} {
  const scale = FIELD / Math.max(width, height);
  return { x: (FIELD - width * scale) / 2, y: (FIELD - height * scale) / 2, scale };
}

/** Whether there is nothing on the field. */
export function isBlank(drawing: Drawing): boolean {
  return drawing.strokes.length === 0 && drawing.picture === undefined;
}

/** The drawing with one more stroke on top. A picture gives way: nobody can tell which colour its ink has. */
export function withStroke(drawing: Drawing, stroke: Stroke): Drawing {
  return { strokes: [...drawing.strokes, stroke] };
}

/** A picture in place of strokes. */
export function ofPicture(picture: Picture): Drawing {
  return { strokes: [], picture };
}
