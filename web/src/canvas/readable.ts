/** Shades that are painted to see whether they come back. */
const SHADES = [0, 40, 80, 120, 160, 200, 240, 255];

/** Guards that only blur fingerprints change pixels by a shade or two, which no answer depends on. */
const HARMLESS = 8;

/**
 * Whether this browser lets the page read what is on a canvas, as pixels and as a file. Those that guard against
 * fingerprinting answer with white or with noise, or ask the person first; so it is tried anew with each picture.
 */
export async function isReadable(): Promise<boolean> {
  try {
    const painted = strip();
    SHADES.forEach((shade, i) => {
      painted.fillStyle = `rgb(${shade} ${shade} ${shade})`;
      painted.fillRect(i, 0, 1, 1);
    });
    if (!hasShades(painted)) return false;
    const image = new Image();
    image.src = painted.canvas.toDataURL();
    await image.decode();
    const copied = strip();
    copied.drawImage(image, 0, 0);
    return hasShades(copied);
  } catch {
    return false;
  }
}

function strip(): CanvasRenderingContext2D {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [SHADES.length, 1];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("This browser offers no 2D canvas.");
  return context;
}

function hasShades(context: CanvasRenderingContext2D): boolean {
  const { data } = context.getImageData(0, 0, SHADES.length, 1);
  return SHADES.every((shade, i) =>
    [0, 1, 2].every((channel) => Math.abs((data[4 * i + channel] ?? -255) - shade) <= HARMLESS),
  );
}
