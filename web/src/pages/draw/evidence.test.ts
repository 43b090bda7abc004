import { expect, it } from "vitest";
import { strongest } from "./evidence";

function explained(weighed: Record<number, number>) {
  return { runnerUp: 1 as const, weights: Array.from({ length: 784 }, (_, i) => weighed[i] ?? 0) };
}

const at = (row: number, column: number) => 28 * row + column;

it("the strongest place is named within what the ink spans, for either digit", () => {
  const explanation = explained({ [at(10, 10)]: 100, [at(10, 12)]: 10, [at(18, 18)]: -40 });
  expect(strongest(explanation, 1)).toEqual({ row: 0, column: 0 });
  expect(strongest(explanation, -1)).toEqual({ row: 2, column: 2 });
});

it("where nothing speaks for a digit there is no place", () => {
  expect(strongest(explained({ [at(3, 3)]: 100 }), -1)).toBeUndefined();
  expect(strongest(explained({}), 1)).toBeUndefined();
});
