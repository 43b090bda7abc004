import { describe, expect, it } from "vitest";
import type { DigitOfNumber } from "../../api/client";
import type { Drawing } from "../../ink/drawing";
import { type FeedbackStep, partOf, type Said, Steps, together } from "./steps";

const drawing: Drawing = { strokes: [] };
const digit = (left: number) => ({ box: [left, 0, 10, 20] }) as unknown as DigitOfNumber;
const saved = (label: Said) => ({ state: "saved" as const, label, id: String(label) });

describe("what was said of a drawing", () => {
  it("is of the digit in one place, whatever was read there", () => {
    const steps = new Steps();
    steps.set(drawing, partOf(digit(5)), { state: "held", label: 7 });
    expect(steps.of(drawing, partOf(digit(5)))).toEqual({ state: "held", label: 7 });
    expect(steps.of(drawing, partOf(digit(50)))).toEqual({ state: "open" });
    expect(steps.of({ strokes: [] }, partOf(digit(5)))).toEqual({ state: "open" });
  });

  it("keeps a drawing from being answered both as one digit and as several", () => {
    const steps = new Steps();
    const part = partOf(digit(5));
    expect(steps.isGivenOtherwise(drawing, "whole")).toBe(false);
    steps.set(drawing, part, { state: "sending", label: 7 });
    expect(steps.isGivenOtherwise(drawing, "whole")).toBe(true);
    expect(steps.isGivenOtherwise(drawing, partOf(digit(50)))).toBe(false);
    steps.set(drawing, part, { state: "open" });
    steps.set(drawing, "whole", saved(5));
    expect(steps.isGivenOtherwise(drawing, part)).toBe(true);
    expect(steps.isGivenOtherwise(drawing, "whole")).toBe(false);
  });

  it("counts as given from when it is held until it is taken back", () => {
    const steps = new Steps();
    steps.set(drawing, "whole", { state: "choosing" });
    expect(steps.isGiven(drawing)).toBe(false);
    steps.set(drawing, "whole", { state: "held", label: 7 });
    expect(steps.isGiven(drawing)).toBe(true);
    steps.set(drawing, "whole", { state: "open" });
    expect(steps.isGiven(drawing)).toBe(false);
  });
});

describe("the answer about several digits", () => {
  const open: FeedbackStep = { state: "open" };
  const held: FeedbackStep = { state: "held", label: 4 };
  const kept: FeedbackStep = { state: "kept", label: 4, id: "k" };
  const refused: FeedbackStep = { state: "refused", label: 4, id: "r", reason: "No." };

  it.each<[string, readonly FeedbackStep[], FeedbackStep]>([
    ["there is none without digits", [], { state: "closed" }],
    ["one digit's is its own", [kept], kept],
    ["it is open before one was judged", [open, open], open],
    ["it is open while one is not judged", [saved(4), open], open],
    ["it is saved once all are", [saved(4), saved(7)], { ...saved(4), label: "47" }],
    ["what is no digit is parted from others", [saved(4), saved("NaN")], { ...saved(4), label: "4, NaN" }],
    ["what can be taken back is told", [saved(0), held, open], { state: "held", label: "04" }],
    ["what could not be sent is told", [saved(0), kept], { ...kept, label: "04" }],
    ["a refusal is told first", [held, refused], refused],
  ])("%s", (_, steps, told) => {
    expect(together(steps)).toEqual(told);
  });
});
