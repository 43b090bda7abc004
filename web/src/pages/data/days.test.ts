import { describe, expect, it } from "vitest";
import { latestDays } from "./days";

describe("the latest days", () => {
  it("has the days without rows, too", () => {
    const days = [
      { day: "2026-02-27", count: 3 },
      { day: "2026-03-02", count: 1 },
    ];
    expect(latestDays(days, 30).map(({ day, count }) => [day, count])).toEqual([
      ["2026-02-27", 3],
      ["2026-02-28", 0],
      ["2026-03-01", 0],
      ["2026-03-02", 1],
    ]);
  });

  it("are so many at most, and the last ones", () => {
    const days = [
      { day: "2025-01-01", count: 3 },
      { day: "2026-03-02", count: 1 },
    ];
    const latest = latestDays(days, 30);
    expect(latest).toHaveLength(30);
    expect(latest.at(-1)).toEqual({ day: "2026-03-02", count: 1 });
  });

  it("are none without rows, and none of what is no day", () => {
    expect(latestDays([], 30)).toEqual([]);
    expect(latestDays([{ day: "yesterday", count: 1 }], 30)).toEqual([]);
  });
});
