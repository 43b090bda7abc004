import { JPEG_QUALITY, LOSSLESS_BYTES } from "../config";
import { greyPng } from "./greyPng";
import { greyOf } from "./paper";
import { pngUrl } from "./picture";

/**
 * An opaque picture as a data URL, in the fewest bytes that keep the answer: shades of grey, which is all that the API looks
 * at; exact where that is small, as it is of drawings, scans and screenshots, and a JPEG where it is not, as of photos.
 */
export async function encoded({ data, width, height }: ImageData): Promise<string> {
  const grey = greyOf(data);
  const png = await greyPng(grey, width, height);
  if (png.length <= LOSSLESS_BYTES) return pngUrl(png);
  const jpeg = jpegUrl(grey, width, height);
  // In base64, three bytes are four characters.
  return jpeg.length < (png.length * 4) / 3 ? jpeg : pngUrl(png);
}

function jpegUrl(grey: Uint8Array, width: number, height: number): string {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const pixels = new ImageData(width, height);
  grey.forEach((each, i) => void pixels.data.set([each, each, each, 255], 4 * i));
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
  return canvas.toDataURL("image/jpeg", JPEG_QUALITY);
}
