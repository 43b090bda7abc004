import { expect, it } from "vitest";
import { dayMade } from "./version";

it.each([
  ["20261125-035519-128a1f69", "2026-11-25"],
  ["20261125", undefined],
  ["a-version-by-hand", undefined],
  ["", undefined],
])("tells of %j the day on which it was made", (version, day) => {
  expect(dayMade(version)).toBe(day);
});
