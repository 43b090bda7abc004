import { coverageOf } from "../ink/coverage";
import type { Drawing } from "../ink/drawing";
import { FIELD } from "../ink/point";
import { greyPng } from "./greyPng";

/**
 * The drawing as the API gets it: a PNG data URL of 280×280 pixels, white ink on black, as MNIST has it. A picture that was
 * brought along is what it is.
 *
 * Made from the strokes and not from a canvas, so that neither the theme, nor the density of the screen, nor a browser
 * that lets no page read a canvas reaches the picture.
 */
export async function pictureOf({ strokes, picture }: Drawing): Promise<string> {
  return picture ? picture.url : pngUrl(await greyPng(coverageOf(strokes), FIELD, FIELD));
}

/** A PNG as a data URL. */
export function pngUrl(png: Uint8Array): string {
  let binary = "";
  for (const byte of png) binary += String.fromCharCode(byte);
  return `data:image/png;base64,${btoa(binary)}`;
}
