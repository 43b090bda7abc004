/** Share of opaque pixels from which they are paper and ink, not ink alone. */
const MOSTLY = 0.6;

/** How bright a colour is, 0–255, as the API counts it (ITU-R 601). */
export function brightnessOf(red: number, green: number, blue: number): number {
  return (19_595 * red + 38_470 * green + 7_471 * blue + 0x8000) >> 16;
}

/** The brightness of each pixel. */
export function greyOf(rgba: Uint8ClampedArray): Uint8Array {
  return Uint8Array.from({ length: rgba.length / 4 }, (_, i) =>
    brightnessOf(rgba[4 * i] ?? 0, rgba[4 * i + 1] ?? 0, rgba[4 * i + 2] ?? 0),
  );
}

/**
 * The brightness of the paper that a picture with transparency needs, by the API's own rule: white under dark ink, black
 * under light ink; and where most of it is opaque (a window with round corners), its own paper's.
 *
 * @returns 0–255, or nothing for a picture that is opaque
 */
export function paperUnder(rgba: Uint8ClampedArray): number | undefined {
  const grey = greyOf(rgba);
  const opaque = grey.filter((_, i) => rgba[4 * i + 3] === 255);
  if (opaque.length === grey.length) return;
  if (opaque.length > MOSTLY * grey.length) return opaque.sort()[opaque.length >> 1];
  let [weight, sum] = [0, 0];
  grey.forEach((each, i) => {
    const alpha = rgba[4 * i + 3] ?? 0;
    weight += alpha;
    sum += alpha * each;
  });
  return sum / Math.max(weight, 1) < 128 ? 255 : 0;
}
