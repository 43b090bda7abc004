import { describe, expect, it } from "vitest";
import { agreement, toSummary } from "./summary";

const PICTURE = "data:image/png;base64,AAAA";
const RECENT = {
  id: "a",
  received_at: "2026-11-22T10:00:00Z",
  label: "NaN",
  prediction: 7,
  confidence: 0.6,
  source: "corrected",
  image: PICTURE,
};

describe("the summary", () => {
  it("is read from the API's answer", () => {
    const summary = toSummary({
      rows: 3,
      labels: { "0": 1, "7": 1, NaN: 1 },
      sources: { corrected: 2, training: 1 },
      days: { "2026-11-22": 2, "2026-11-21": 1 },
      confusion: [[1], [], [], [], [], [], [], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
      means: { "0": PICTURE, "1": null },
      recent: [RECENT],
      quarantined: 0,
    });
    expect(summary.labels).toEqual([1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1]);
    expect(summary.sources).toEqual({ confirmed: 0, corrected: 2, training: 1 });
    expect(summary.days.map(({ day }) => day)).toEqual(["2026-11-21", "2026-11-22"]);
    expect(summary.confusion[7]?.[10]).toBe(1);
    expect(summary.means.slice(0, 2)).toEqual([PICTURE, undefined]);
    expect(summary.recent).toEqual([
      expect.objectContaining({ label: "NaN", prediction: 7, source: "corrected", image: PICTURE }),
    ]);
    expect(agreement(summary)).toEqual({ judgements: 2, hits: 1 });
  });

  it("says how many rows wait for the next retraining only where the API does", () => {
    expect(toSummary({ rows: 3 }).waiting).toBeUndefined();
    expect(toSummary({ rows: 3, waiting_for_retraining: 0 }).waiting).toBe(0);
  });

  it("says what has moved only where something has", () => {
    expect(toSummary({ rows: 3 }).drift).toBeUndefined();
    expect(toSummary({ rows: 3, drift: null }).drift).toBeUndefined();
    expect(toSummary({ rows: 3, drift: "Other digits." }).drift).toBe("Other digits.");
  });

  it.each([
    null,
    [],
    "x",
    { rows: "many", labels: 3, days: [], confusion: {}, recent: [null, { ...RECENT, image: "/x" }] },
  ])("is empty where the answer has another shape: %j", (body) => {
    const summary = toSummary(body);
    expect(summary.rows).toBe(0);
    expect(summary.recent).toEqual([]);
    expect(summary.confusion).toHaveLength(10);
    expect(agreement(summary)).toEqual({ judgements: 0, hits: 0 });
  });
});
