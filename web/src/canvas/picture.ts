import type { Drawing } from "../ink/drawing";
import { FIELD } from "../ink/point";
import { greyPng } from "./greyPng";
import { paintStrokes } from "./paint";

let painter: CanvasRenderingContext2D | undefined;

/**
 * The drawing as the API gets it: a PNG data URL of 280×280 pixels, white ink on black, as MNIST has it. A picture that was
 * brought along is what it is.
 *
 * Painted anew on a canvas of its own, so that neither the theme nor the density of the screen reaches the picture.
 */
export async function pictureOf({ strokes, picture }: Drawing): Promise<string> {
  if (picture) return picture.url;
  painter ??= newPainter();
  painter.fillRect(0, 0, FIELD, FIELD);
  paintStrokes(painter, strokes, "#fff");
  if (typeof CompressionStream === "undefined") return painter.canvas.toDataURL("image/png");
  const { data } = painter.getImageData(0, 0, FIELD, FIELD);
  const grey = new Uint8Array(FIELD * FIELD);
  for (let i = 0; i < grey.length; i++) grey[i] = data[4 * i] ?? 0;
  const png = await greyPng(grey, FIELD, FIELD);
  let binary = "";
  for (const byte of png) binary += String.fromCharCode(byte);
  return `data:image/png;base64,${btoa(binary)}`;
}

function newPainter(): CanvasRenderingContext2D {
  const canvas = document.createElement("canvas");
  canvas.width = FIELD;
  canvas.height = FIELD;
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  if (!context) throw new Error("This browser offers no 2D canvas.");
  context.fillStyle = "#000";
  return context;
}
