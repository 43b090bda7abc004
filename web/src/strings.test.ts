import { expect, it } from "vitest";
import { strings } from "./strings";

it.each([
  [0.9987, "99.8 %"],
  [0.999999, "99.9 %"],
  [1, "100.0 %"],
  [0.29, "29.0 %"],
  [0.00004, "0.0 %"],
])("the probability %f reads %s: rounded down, so that 100 %% means certain", (probability, text) => {
  expect(strings.percent(probability)).toBe(text);
});
