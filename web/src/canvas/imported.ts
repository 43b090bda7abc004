import { MAX_PICTURE_PIXELS, PICTURE_SIDE } from "../config";
import type { Picture } from "../ink/drawing";
import { strings } from "../strings";

const words = strings.picture;

/** A file that is no picture of a digit; `message` tells a person why. */
export class NotAPicture extends Error {
  override readonly name = "NotAPicture";
}

/**
 * Reads a picture that was dropped, pasted or chosen, scaled down to what a digit needs, so that it fits into a request and
 * into local storage.
 *
 * @throws {@link NotAPicture}
 */
export async function importedPicture(file: File): Promise<Picture> {
  if (file.size === 0) throw new NotAPicture(words.empty);
  if (!file.type.startsWith("image/") || file.type === "image/svg+xml") throw new NotAPicture(words.kind);
  const address = URL.createObjectURL(file);
  try {
    const image = await loaded(address);
    const { naturalWidth, naturalHeight } = image;
    // The size is known before the pixels are decoded: a huge photo costs no memory.
    if (naturalWidth * naturalHeight > MAX_PICTURE_PIXELS) throw new NotAPicture(words.large);
    const scale = Math.min(1, PICTURE_SIDE / Math.max(naturalWidth, naturalHeight));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(naturalWidth * scale));
    canvas.height = Math.max(1, Math.round(naturalHeight * scale));
    const context = canvas.getContext("2d");
    if (!context) throw new NotAPicture(words.damaged);
    context.imageSmoothingQuality = "high";
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    // Photos have no transparency to lose, and are ten times the size as PNG.
    const url = file.type === "image/jpeg" ? canvas.toDataURL("image/jpeg", 0.92) : canvas.toDataURL();
    return { url, image: canvas, width: canvas.width, height: canvas.height };
  } finally {
    URL.revokeObjectURL(address);
  }
}

async function loaded(address: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = address;
  try {
    await new Promise((resolve, reject) => {
      image.onload = resolve;
      image.onerror = reject;
    });
  } catch {
    throw new NotAPicture(words.damaged);
  }
  if (image.naturalWidth === 0 || image.naturalHeight === 0) throw new NotAPicture(words.damaged);
  return image;
}
