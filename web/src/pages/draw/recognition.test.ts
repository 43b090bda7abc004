import { describe, expect, it } from "vitest";
import { BLANK, withStroke } from "../../ink/drawing";
import { type Question, recognitionOf } from "./recognition";

const stroke = { points: [{ x: 1, y: 1 }], width: 18 };
const older = withStroke(BLANK, stroke);
const newer = withStroke(older, stroke);
const failed: Question = { drawing: older, result: { status: "failed", reason: "No.", retryable: true } };

describe("what is shown for a drawing", () => {
  it("is what came of asking about it", () => {
    expect(recognitionOf(older, false, failed)).toBe(failed.result);
  });

  it("is never what came of asking about an older drawing", () => {
    expect(recognitionOf(newer, false, failed)).toEqual({ status: "drawing" });
    expect(recognitionOf(BLANK, false, failed)).toEqual({ status: "empty" });
  });

  it("is nothing but drawing while the pen is down", () => {
    expect(recognitionOf(older, true, failed)).toEqual({ status: "drawing" });
    expect(recognitionOf(BLANK, true, undefined)).toEqual({ status: "drawing" });
  });
});
