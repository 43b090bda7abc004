import { describe, expect, it } from "vitest";
import { type ModelCard, toModelCard } from "../../api/modelCard";
import type { Digit, Label } from "../../label";
import type { GivenDrawing } from "../../outbox/drawings";
import { progressOf, todaysReading, unread } from "./readings";

const AT = "2026-11-20T10:00:00Z";

function given(id: string, label: Label, before?: Digit, now?: Digit): GivenDrawing {
  return {
    id,
    image: "data:image/png;base64,",
    label,
    at: AT,
    ...(before !== undefined && { before: { version: "old", digit: before } }),
    ...(now !== undefined && { now: { version: "new", digit: now } }),
  };
}

const retrained: ModelCard = {
  ...toModelCard({ version: "new", created: "2026-11-21T02:00:00Z", data: { feedback_rows: 50 } }),
  kind: "promotion",
};

describe("what today's model reads", () => {
  it("is what was read then, while the model is the same", () => {
    expect(todaysReading(given("a", 7, 1), "old")?.digit).toBe(1);
    expect(unread([given("a", 7, 1)], "old")).toEqual([]);
  });

  it("is asked once for each version", () => {
    expect(unread([given("a", 7, 1), given("b", 7, 1, 7), given("c", 7)], "new").map(({ id }) => id)).toEqual(
      ["a", "c"],
    );
    expect(unread([given("b", 7, 1, 7)], "newer")).toHaveLength(1);
  });

  it("is not asked of what there is no picture of any more", () => {
    expect(unread([{ id: "a", label: 7, at: AT }, given("b", 7, 1)], "new").map(({ id }) => id)).toEqual([
      "b",
    ]);
  });

  it("is not asked of what is being taken back", () => {
    expect(unread([{ ...given("a", 7, 1), leaving: true }], "new")).toEqual([]);
  });
});

describe("what became of mistakes", () => {
  it("is counted from answers", () => {
    const drawings = [given("a", 7, 1, 7), given("b", 7, 1, 1), given("c", 3, 3, 3), given("d", 5, 6, 5)];
    expect(progressOf(drawings, retrained)).toEqual({ mistakes: 3, readNow: 2, learned: true });
  });

  it("is not told before the model was asked about all of them", () => {
    expect(progressOf([given("a", 7, 1, 7), given("b", 7, 1)], retrained)).toBeUndefined();
  });

  it("is not told of the model that made them, nor where there are none", () => {
    expect(progressOf([given("a", 7, 1)], { ...retrained, version: "old" })).toBeUndefined();
    expect(progressOf([given("a", 7, 7, 7)], retrained)).toBeUndefined();
  });

  it("knows nothing of drawings that are no digit, that nobody read, or that are taken back", () => {
    const left = { ...given("c", 7, 1, 7), leaving: true } as const;
    expect(
      progressOf([given("a", "NaN", 1, 1), given("b", 7, undefined, 7), left], retrained),
    ).toBeUndefined();
  });

  it.each([
    ["it was rolled back to", { kind: "rollback" }],
    ["it learned from no drawings", { rows: 0 }],
    ["it was made before", { created: "2026-11-19T02:00:00Z" }],
    ["nobody knows when it was made", { created: undefined }],
  ] as const)("does not claim that the model learned from them where %s", (_, change) => {
    expect(progressOf([given("a", 7, 1, 7)], { ...retrained, ...change })?.learned).toBe(false);
  });
});
