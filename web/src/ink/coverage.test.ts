import { describe, expect, it } from "vitest";
import { coverageOf } from "./coverage";
import { FIELD } from "./point";

function at(ink: Uint8Array, x: number, y: number): number {
  return ink[y * FIELD + x] ?? -1;
}

function area(ink: Uint8Array): number {
  return ink.reduce((sum, each) => sum + each, 0) / 255;
}

const upright = (x: number, width: number) => ({
  points: [
    { x, y: 40 },
    { x, y: 240 },
  ],
  width,
});

describe("the picture of strokes", () => {
  it("is bare paper without any", () => {
    expect(area(coverageOf([]))).toBe(0);
  });

  it.each([10, 18, 28])("has a disc for a tap, of the pen's width: %i", (width) => {
    for (const place of [140, 140.5, 77.31]) {
      const ink = coverageOf([{ points: [{ x: place, y: place }], width }]);
      expect(area(ink)).toBeCloseTo(Math.PI * (width / 2) ** 2, 0);
    }
  });

  it("covers pixels by halves where the edge goes through their middle", () => {
    const ink = coverageOf([upright(140.5, 18)]);
    expect([at(ink, 130, 140), at(ink, 131, 140), at(ink, 132, 140)]).toEqual([0, 127, 255]);
    expect([at(ink, 148, 140), at(ink, 149, 140), at(ink, 150, 140)]).toEqual([255, 127, 0]);
  });

  it.each([0, 11, 30, 45, 63, 90])("has the same ink whichever way a line goes: %i degrees", (degrees) => {
    const [x, y] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    const points = [
      { x: 140.2 - 80 * x, y: 139.7 - 80 * y },
      { x: 140.2 + 80 * x, y: 139.7 + 80 * y },
    ];
    const wanted = 160 * 18 + Math.PI * 81;
    expect(Math.abs(area(coverageOf([{ points, width: 18 }])) / wanted - 1)).toBeLessThan(0.002);
  });

  it("does not get darker where a stroke crosses itself, and no lighter where another crosses it", () => {
    const [up, down] = upright(140, 18).points;
    const back = { points: [up, down, up].flatMap((each) => each ?? []), width: 18 };
    // A curve turns before its control point.
    const once = { points: [up, { x: 140, y: 190 }].flatMap((each) => each ?? []), width: 18 };
    expect(area(coverageOf([back]))).toBeCloseTo(area(coverageOf([once])), 0);
    const both = coverageOf([upright(140, 18), upright(148, 18)]);
    expect(area(both)).toBeGreaterThan(area(coverageOf([upright(140, 18)])));
    expect(Math.max(...both)).toBe(255);
  });

  it("cuts what was drawn beyond the field", () => {
    const points = [
      { x: -200, y: 140 },
      { x: 500, y: 140 },
    ];
    const ink = coverageOf([{ points, width: 18 }]);
    expect([at(ink, 0, 140), at(ink, FIELD - 1, 140)]).toEqual([255, 255]);
    expect(area(ink)).toBeCloseTo(FIELD * 18, 0);
    expect(area(coverageOf([{ points: [{ x: 500, y: 500 }], width: 28 }]))).toBe(0);
  });
});
