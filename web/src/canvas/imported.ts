import { LOSSLESS_PIXELS, PHOTO_PIXELS, PICTURE_SIDE } from "../config";
import type { Picture } from "../ink/drawing";
import { strings } from "../strings";
import { encoded } from "./encoded";
import { paperUnder } from "./paper";
import { isReadable } from "./readable";
import { isWhole, kindOf } from "./whole";

const words = strings.picture;

/** A file that is no picture of a digit; `message` tells a person why. */
export class NotAPicture extends Error {
  override readonly name = "NotAPicture";
}

/**
 * Reads a picture that was dropped, pasted or chosen, scaled down to what a digit needs, so that it fits into a request and
 * into local storage: whatever a camera takes is taken, and lies as the camera says that it lay. It is made anew, so nothing of the file that is not to be seen goes out, such as where a photo was
 * taken. Transparency is laid on the paper that the ink needs, whatever the theme.
 *
 * @throws {@link NotAPicture}
 */
export async function importedPicture(file: File): Promise<Picture> {
  if (file.size === 0) throw new NotAPicture(words.empty);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const kind = kindOf(bytes);
  if (kind === "pdf") throw new NotAPicture(words.pdf);
  if (file.type === "image/svg+xml") throw new NotAPicture(words.svg);
  if (kind === undefined && !file.type.startsWith("image/")) throw new NotAPicture(words.kind);
  if (!isWhole(bytes)) throw new NotAPicture(words.incomplete);
  const address = URL.createObjectURL(file);
  try {
    const image = await loaded(address, kind === "heic" ? words.heic : words.damaged);
    const { naturalWidth, naturalHeight } = image;
    // The size is known before the pixels are decoded: a huge photo costs no memory.
    const megapixels = (naturalWidth * naturalHeight) / 1e6;
    // Browsers shrink a JPEG while they decode it; what else there is they have to unpack first.
    const most = kind === "jpeg" ? PHOTO_PIXELS : LOSSLESS_PIXELS;
    if (naturalWidth * naturalHeight > most) throw new NotAPicture(words.large(megapixels, most / 1e6));
    if (!(await isReadable())) throw new NotAPicture(words.guarded);
    const scale = Math.min(1, PICTURE_SIDE / Math.max(naturalWidth, naturalHeight));
    const width = Math.max(1, Math.round(naturalWidth * scale));
    const height = Math.max(1, Math.round(naturalHeight * scale));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (!context) throw new NotAPicture(words.damaged);
    context.imageSmoothingQuality = "high";
    context.drawImage(image, 0, 0, width, height);
    const paper = paperUnder(context.getImageData(0, 0, width, height).data);
    if (paper !== undefined) {
      context.globalCompositeOperation = "destination-over";
      context.fillStyle = `rgb(${paper} ${paper} ${paper})`;
      context.fillRect(0, 0, width, height);
    }
    const url = await encoded(context.getImageData(0, 0, width, height));
    return { url, image: canvas, width, height };
  } finally {
    URL.revokeObjectURL(address);
  }
}

async function loaded(address: string, complaint: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = address;
  try {
    await new Promise((resolve, reject) => {
      image.onload = resolve;
      image.onerror = reject;
    });
  } catch {
    throw new NotAPicture(complaint);
  }
  if (image.naturalWidth === 0 || image.naturalHeight === 0) throw new NotAPicture(words.damaged);
  return image;
}
