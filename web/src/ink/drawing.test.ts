import { describe, expect, it } from "vitest";
import { BLANK, boundsOf, isBlank, withStroke } from "./drawing";

const dot = { points: [{ x: 100, y: 40 }], width: 18 };
const line = {
  points: [
    { x: 20, y: 60 },
    { x: 30, y: 200 },
  ],
  width: 4,
};

describe("a drawing", () => {
  it("is a new value with each stroke, and the one before is unchanged", () => {
    const one = withStroke(BLANK, dot);
    const two = withStroke(one, line);
    expect(isBlank(BLANK)).toBe(true);
    expect(isBlank(one)).toBe(false);
    expect(one.strokes).toEqual([dot]);
    expect(two.strokes).toEqual([dot, line]);
  });

  it("has no bounds while it is blank", () => {
    expect(boundsOf(BLANK)).toBeUndefined();
  });

  it("is bounded by all of its ink, each stroke with its own width", () => {
    expect(boundsOf(withStroke(BLANK, dot))).toEqual({ left: 91, top: 31, right: 109, bottom: 49 });
    const both = withStroke(withStroke(BLANK, dot), line);
    expect(boundsOf(both)).toEqual({ left: 18, top: 31, right: 109, bottom: 202 });
  });
});
