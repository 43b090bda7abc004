import type { RecentDrawing } from "../../api/summary";
import { greyOf } from "../../canvas/paper";
import { isReadable } from "../../canvas/readable";

const SIDE = 28;
/** Pixels a side that are looked at as one, so that a line that lies a pixel beside another's is like it. */
const BLOCK = 4;
/** So alike is only the very drawing that is asked about, once it was given: it says nothing. */
const THE_SAME = 0.9999;

/** How alike two pictures are: the cosine between them, seen in blocks that overlap by half; 1 is the same. */
export function likeness(a: Uint8Array, b: Uint8Array): number {
  const [first, second] = [blocks(a), blocks(b)];
  const product = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, each, i) => sum + each * (y[i] ?? 0), 0);
  const length = Math.sqrt(product(first, first) * product(second, second));
  return length === 0 ? 0 : product(first, second) / length;
}

/** The collected drawings that look most like a picture of 28×28 but are not it, the likest first; none where pixels cannot be read. */
export async function mostAlike(
  input: string,
  drawings: readonly RecentDrawing[],
  count: number,
): Promise<RecentDrawing[]> {
  if (drawings.length === 0 || !(await isReadable())) return [];
  const own = await pixelsOf(input);
  const compared = await Promise.all(
    drawings.map(async (each) => ({ each, likeness: likeness(own, await pixelsOf(each.image)) })),
  );
  const others = compared.filter((other) => other.likeness < THE_SAME);
  others.sort((a, b) => b.likeness - a.likeness);
  return others.slice(0, count).map(({ each }) => each);
}

function blocks(pixels: Uint8Array): number[] {
  const sums: number[] = [];
  for (let top = 0; top + BLOCK <= SIDE; top += BLOCK / 2)
    for (let left = 0; left + BLOCK <= SIDE; left += BLOCK / 2) {
      let sum = 0;
      for (let row = top; row < top + BLOCK; row++)
        for (let column = left; column < left + BLOCK; column++) sum += pixels[SIDE * row + column] ?? 0;
      sums.push(sum);
    }
  return sums;
}

async function pixelsOf(image: string): Promise<Uint8Array> {
  const picture = new Image();
  picture.src = image;
  await picture.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [SIDE, SIDE];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return new Uint8Array(SIDE * SIDE);
  context.drawImage(picture, 0, 0, SIDE, SIDE);
  return greyOf(context.getImageData(0, 0, SIDE, SIDE).data);
}
