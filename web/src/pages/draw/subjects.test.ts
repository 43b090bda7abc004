import { describe, expect, it } from "vitest";
import type { Answer, Box, DigitOfNumber } from "../../api/client";
import type { Drawing, Picture } from "../../ink/drawing";
import type { Digit } from "../../label";
import type { Recognition } from "./recognition";
import { subjectsOf } from "./subjects";

const SENT = "data:image/png;base64,SENT";
const STROKES: Drawing = { strokes: [{ points: [{ x: 1, y: 1 }], width: 18 }] };
const PHOTO: Drawing = { strokes: [], picture: {} as Picture };

function digit(read: Digit, box: Box): DigitOfNumber {
  const input = `data:image/png;base64,${read}`;
  const probabilities = Array.from({ length: 10 }, (_, each) => (each === read ? 1 : 0));
  return {
    digit: read,
    confidence: 1,
    probabilities,
    id: `id-${read}`,
    modelVersion: "v1",
    uncertain: false,
    input,
    box,
  };
}

function answered(...digits: DigitOfNumber[]): Recognition {
  const [first = digit(0, [0, 0, 1, 1])] = digits;
  const number = digits.length > 1 ? digits.map((each) => each.digit).join("") : undefined;
  const answer: Answer = { ...first, number, digits: digits.length > 1 ? digits : [] };
  return { status: "answered", answer, image: SENT };
}

const FOUR = digit(4, [10, 0, 50, 100]);
const SEVEN = digit(7, [70, 0, 50, 100]);

describe("what can be judged", () => {
  it("is a drawing of one digit", async () => {
    const [subject, ...others] = subjectsOf(STROKES, answered(FOUR), undefined);
    expect(others).toEqual([]);
    expect(subject?.part).toBe("whole");
    expect(await subject?.record(4)).toMatchObject({ image: SENT, label: 4, source: "confirmed" });
    expect(await subject?.record(4)).not.toHaveProperty("box");
  });

  it("is each digit of a number, or the one that is looked at", () => {
    const number = answered(FOUR, SEVEN);
    expect(subjectsOf(STROKES, number, undefined).map(({ read }) => read?.digit)).toEqual([4, 7]);
    expect(subjectsOf(STROKES, number, 1).map(({ read }) => read?.digit)).toEqual([7]);
  });

  it("is kept of a number as the digit's part of the drawing, with the digit to show", async () => {
    const [subject] = subjectsOf(STROKES, answered(FOUR, SEVEN), 1);
    expect(await subject?.record(1)).toEqual({
      id: "id-7",
      image: SENT,
      box: SEVEN.box,
      shown: SEVEN.input,
      label: 1,
      prediction: 7,
      confidence: 1,
      model_version: "v1",
      source: "corrected",
    });
  });

  it("is kept as the model saw it where another digit reaches into its part", async () => {
    const near = digit(7, [50, 0, 50, 100]);
    const [subject] = subjectsOf(STROKES, answered(FOUR, near), 1);
    const record = await subject?.record(1);
    expect(record).toMatchObject({ id: "id-7", image: near.input });
    expect(record).not.toHaveProperty("box");
  });

  it("is kept of a photo as the model saw it, never the photo", async () => {
    for (const [recognition, nth] of [
      [answered(FOUR), undefined],
      [answered(FOUR, SEVEN), 0],
    ] as const) {
      const [subject] = subjectsOf(PHOTO, recognition, nth);
      expect(await subject?.record(4)).toMatchObject({ image: FOUR.input });
      expect(await subject?.record(4)).not.toHaveProperty("box");
    }
  });

  it("is a drawing that could not be read, but no photo", async () => {
    const failed: Recognition = { status: "failed", reason: "No.", retryable: true };
    const [subject] = subjectsOf(STROKES, failed, undefined);
    expect(await subject?.record(4)).not.toHaveProperty("prediction");
    expect(subjectsOf(PHOTO, failed, undefined)).toEqual([]);
    expect(subjectsOf(STROKES, { ...failed, retryable: false }, undefined)).toEqual([]);
  });
});
