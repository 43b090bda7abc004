import type { Drawing } from "../ink/drawing";
import { FIELD } from "../ink/point";
import { paintStrokes } from "./paint";

/**
 * The drawing as the API gets it: a PNG data URL of 280×280 pixels, white ink on opaque black, as MNIST has it.
 *
 * Painted anew on a canvas of its own, so that neither the theme nor the density of the screen reaches the picture.
 */
export function pictureOf(drawing: Drawing): string {
  const canvas = document.createElement("canvas");
  canvas.width = FIELD;
  canvas.height = FIELD;
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) throw new Error("This browser offers no 2D canvas.");
  context.fillStyle = "#000";
  context.fillRect(0, 0, FIELD, FIELD);
  paintStrokes(context, drawing.strokes, "#fff");
  return canvas.toDataURL("image/png");
}
