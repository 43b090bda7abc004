import { describe, expect, it } from "vitest";
import type { Answer } from "../api/client";
import { digitRecord, judgedRecord, trainingRecord } from "./record";

const IMAGE = "data:image/png;base64,AAAA";
const ANSWER: Answer = {
  digit: 7,
  confidence: 0.9,
  probabilities: [0, 0, 0, 0, 0, 0, 0, 0.9, 0, 0.1],
  id: "0197",
  modelVersion: "v1",
  uncertain: false,
  input: undefined,
  number: undefined,
  digits: [],
};
const READ = { id: "0197", image: IMAGE, prediction: 7, confidence: 0.9, model_version: "v1" };

describe("the record of a drawing", () => {
  it.each([
    [7, "confirmed"],
    [1, "corrected"],
    ["NaN", "corrected"],
  ] as const)("that was read as 7 and is %s is %s", (label, source) => {
    expect(judgedRecord(IMAGE, label, ANSWER)).toEqual({ ...READ, label, source });
  });

  it("of one digit of several says where it is, and what there is to show of it", () => {
    const digit = { ...ANSWER, box: [1, 2, 3, 4] as const };
    const record = { ...READ, label: 1, source: "corrected", box: [1, 2, 3, 4] };
    expect(digitRecord(IMAGE, 1, digit)).toEqual(record);
    expect(digitRecord(IMAGE, 1, { ...digit, input: "data:image/png;base64,DDDD" })).toEqual({
      ...record,
      shown: "data:image/png;base64,DDDD",
    });
  });

  it("that was asked for is training, whatever the model read", () => {
    expect(trainingRecord(IMAGE, 7, ANSWER)).toEqual({ ...READ, label: 7, source: "training" });
    expect(trainingRecord(IMAGE, 1, ANSWER)).toEqual({ ...READ, label: 1, source: "training" });
  });

  it("has an id of its own, and no prediction, where the model could not be asked", () => {
    const record = trainingRecord(IMAGE, 1, undefined);
    expect(record).toEqual({ id: record.id, image: IMAGE, label: 1, source: "training" });
    expect(record.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  });

  it("names no version where the API named none", () => {
    expect(judgedRecord(IMAGE, 7, { ...ANSWER, modelVersion: undefined })).not.toHaveProperty(
      "model_version",
    );
  });
});
