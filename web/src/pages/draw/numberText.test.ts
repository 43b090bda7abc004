import { expect, it } from "vitest";
import { lineBegins, shown } from "./numberText";

it.each([
  ["47", []],
  ["14 70", [2]],
  ["1 23 456", [1, 3]],
])("in %s the digits %j begin a line after the first", (number, begins) => {
  expect([...lineBegins(number)]).toEqual(begins);
});

it.each([
  [7, false, undefined, "7"],
  [7, true, undefined, "7?"],
  [7, true, 1, "1 ✓"],
  [7, false, "NaN", "× ✓"],
] as const)("a %i, unsure %s, that was said to be %s stands as %s", (digit, uncertain, said, text) => {
  expect(shown(digit, uncertain, said)).toBe(text);
});
