import { expect, it } from "vitest";
import { likeness } from "./alike";

function line(points: readonly (readonly [number, number])[]): Uint8Array {
  const pixels = new Uint8Array(784);
  for (const [row, column] of points) pixels[28 * row + column] = 255;
  return pixels;
}

const upright = (column: number) => line(Array.from({ length: 16 }, (_, i) => [6 + i, column] as const));
const level = (row: number) => line(Array.from({ length: 16 }, (_, i) => [row, 6 + i] as const));

it("a drawing is most like itself, then like one a pixel beside it, then like another", () => {
  expect(likeness(upright(14), upright(14))).toBeCloseTo(1);
  expect(likeness(upright(14), upright(15))).toBeGreaterThan(0.6);
  expect(likeness(upright(14), level(14))).toBeLessThan(0.5);
});

it("nothing is like an empty picture", () => {
  expect(likeness(new Uint8Array(784), upright(14))).toBe(0);
});
