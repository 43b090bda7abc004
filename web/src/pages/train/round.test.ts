import { describe, expect, it } from "vitest";
import type { Answer } from "../../api/client";
import type { Digit } from "../../label";
import { fooledBy, nextDigit, standingsOf, streakOf, type TrainingDrawing } from "./round";

function trained(label: Digit, digit: Digit | undefined = label, plausible = true): TrainingDrawing {
  const probabilities = Array.from({ length: 10 }, (_, other) =>
    other === digit ? 0.7 : plausible && other === label ? 0.3 : 0,
  );
  const answer = { digit, confidence: 0.7, probabilities } as unknown as Answer;
  return { id: "a", image: "data:,", label, answer: digit === undefined ? undefined : answer };
}

const unasked: TrainingDrawing = { ...trained(1), answer: undefined };

describe("the next digit", () => {
  it("is one that the data lacks", () => {
    const counts = [90, 90, 90, 12, 90, 90, 90, 90, 13, 90];
    const asked = Array.from({ length: 50 }, (_, i) => nextDigit(counts, [], undefined, () => i / 50));
    expect(new Set(asked)).toEqual(new Set([3, 8]));
  });

  it("is any digit while there is no data", () => {
    const asked = Array.from({ length: 50 }, (_, i) => nextDigit([], [], undefined, () => i / 50));
    expect(new Set(asked).size).toBe(10);
  });

  it("is never the one before", () => {
    const counts = [0, 90, 90, 90, 90, 90, 90, 90, 90, 90];
    for (let i = 0; i < 50; i++) expect(nextDigit(counts, [], 0, () => i / 50)).not.toBe(0);
  });

  it("counts what was drawn in this round", () => {
    const counts = [5, 9, 9, 9, 9, 9, 9, 9, 9, 8];
    const zeros = Array.from({ length: 6 }, () => trained(0));
    expect(nextDigit(counts, zeros, undefined, () => 0)).not.toBe(0);
  });

  it("brings scarce digits level over a round, whatever chance says", () => {
    const counts = [3, 0, 9, 1, 4, 4, 0, 2, 6, 5];
    const done: TrainingDrawing[] = [];
    for (let i = 0; i < 60; i++) {
      done.push(trained(nextDigit(counts, done, done.at(-1)?.label, () => (i * 0.37) % 1)));
    }
    const totals = counts.map((each, digit) => each + done.filter(({ label }) => label === digit).length);
    expect(Math.max(...totals) - Math.min(...totals)).toBeLessThanOrEqual(2);
  });
});

describe("the streak", () => {
  it("counts drawings in a row that the model read right", () => {
    expect(streakOf([])).toBe(0);
    expect(streakOf([trained(1, 7), trained(2), trained(3)])).toBe(2);
    expect(streakOf([trained(2), trained(1, 7)])).toBe(0);
  });

  it("ends where the model could not be asked, which fools nobody", () => {
    expect(streakOf([trained(2), unasked, trained(3)])).toBe(1);
    expect(fooledBy([trained(2), unasked, trained(3, 8)])).toBe(1);
  });

  it("fools nobody with a drawing of another digit than was asked for", () => {
    expect(fooledBy([trained(2, 5, false), trained(3, 8)])).toBe(1);
  });
});

describe("what is counted as saved", () => {
  it("is what the API has acknowledged, of the drawings of this round", () => {
    const standings = { a: "saved", b: "refused", c: "waiting", d: "saved" } as const;
    const drawings = ["a", "b", "c"].map((id) => ({ ...trained(1), id }));
    const counted = standingsOf(drawings, (id) => standings[id as keyof typeof standings]);
    expect(counted).toEqual({ saved: 1, refused: 1, waiting: 1, gone: 0 });
  });
});
