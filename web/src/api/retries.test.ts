import { expect, it } from "vitest";
import { delayOf } from "./retries";

it("waits grow from failure to failure, and the last one repeats", () => {
  expect([0, 1, 2, 3, 50].map((failures) => delayOf([4, 8, 16], failures))).toEqual([4, 8, 16, 16, 16]);
});
