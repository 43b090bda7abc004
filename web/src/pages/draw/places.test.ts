import { describe, expect, it } from "vitest";
import type { Picture } from "../../ink/drawing";
import { lineAround, overlap, rectangleAt } from "./places";

const photo = { width: 560, height: 280 } as Picture;

describe("the line around a digit", () => {
  it("is where the strokes are, with some room", () => {
    expect(lineAround([40, 60, 80, 120], undefined)).toEqual({ x: 36, y: 56, width: 88, height: 128 });
  });

  it("stays on the field", () => {
    expect(lineAround([0, 0, 280, 280], undefined)).toEqual({ x: 1, y: 1, width: 278, height: 278 });
  });

  it("is where a picture is shown: half as large, and in the middle", () => {
    expect(lineAround([100, 100, 60, 80], photo)).toEqual({ x: 46, y: 116, width: 38, height: 48 });
  });
});

describe("a tap", () => {
  const four = { x: 20, y: 20, width: 80, height: 200 };
  const seven = { x: 80, y: 20, width: 80, height: 200 };

  it.each([
    [{ x: 30, y: 30 }, 0],
    [{ x: 150, y: 210 }, 1],
    [{ x: 85, y: 120 }, 0],
    [{ x: 98, y: 120 }, 1],
    [{ x: 200, y: 120 }, undefined],
    [{ x: 60, y: 240 }, undefined],
  ])("at %o means digit %s", (place, nth) => {
    expect(rectangleAt(place, [four, seven])).toBe(nth);
  });

  it("means nothing where there is no number", () => {
    expect(rectangleAt({ x: 1, y: 1 }, [])).toBeUndefined();
  });
});

it.each([
  [[10, 0, 10, 20], false],
  [[9, 0, 10, 20], true],
  [[9, 20, 10, 20], false],
  [[2, 2, 3, 3], true],
] as const)("boxes that touch do not overlap: %o", (other, expected) => {
  expect(overlap([0, 0, 10, 20], other)).toBe(expected);
  expect(overlap(other, [0, 0, 10, 20])).toBe(expected);
});
