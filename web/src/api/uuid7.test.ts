import { describe, expect, it } from "vitest";
import { uuid7 } from "./uuid7";

describe("a UUID version 7", () => {
  it("has the form, the version and the variant of RFC 9562", () => {
    for (let i = 0; i < 200; i++) {
      expect(uuid7()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });

  it("begins with the time in milliseconds", () => {
    // The example of RFC 9562, appendix A.6.
    expect(uuid7(0x017f22e279b0)).toMatch(/^017f22e2-79b0-7/);
  });

  it("is different each time", () => {
    expect(new Set(Array.from({ length: 1000 }, () => uuid7(0))).size).toBe(1000);
  });
});
