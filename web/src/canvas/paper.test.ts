import { describe, expect, it } from "vitest";
import { brightnessOf, paperUnder } from "./paper";

type Pixel = readonly [number, number, number, number];

const NOTHING: Pixel = [0, 0, 0, 0];
const BLACK: Pixel = [0, 0, 0, 255];
const WHITE: Pixel = [255, 255, 255, 255];
const CREAM: Pixel = [240, 235, 220, 255];

function picture(...pixels: (readonly [number, Pixel])[]): Uint8ClampedArray {
  return Uint8ClampedArray.from(
    pixels.flatMap(([count, pixel]) => Array.from({ length: count }, () => pixel).flat()),
  );
}

describe("the paper under a picture", () => {
  it.each([
    ["white under dark ink", picture([90, NOTHING], [10, BLACK]), 255],
    ["black under light ink", picture([90, NOTHING], [10, WHITE]), 0],
    ["white under a dark glow of low opacity", picture([90, NOTHING], [10, [20, 20, 60, 30]]), 255],
    ["its own where most of it is there", picture([10, NOTHING], [80, CREAM], [10, BLACK]), 235],
    ["white where nothing is there", picture([100, NOTHING]), 255],
  ])("is %s", (_, pixels, paper) => {
    expect(paperUnder(pixels)).toBe(paper);
  });

  it("is not asked for where all is opaque", () => {
    expect(paperUnder(picture([90, WHITE], [10, BLACK]))).toBeUndefined();
  });

  it("counts brightness as the API does", () => {
    expect([brightnessOf(255, 255, 255), brightnessOf(0, 0, 0)]).toEqual([255, 0]);
    expect([brightnessOf(255, 0, 0), brightnessOf(0, 255, 0), brightnessOf(0, 0, 255)]).toEqual([
      76, 150, 29,
    ]);
  });
});
