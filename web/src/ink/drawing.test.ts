import { describe, expect, it } from "vitest";
import { BLANK, isBlank, withStroke } from "./drawing";

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
});
