import { describe, expect, it } from "vitest";
import { contributorIn } from "./contributor";

const KEY = "contributor";

function storageWith(values = new Map<string, string>()) {
  return {
    values,
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
  };
}

describe("the contributor", () => {
  it("is 128 random bits in base64url, another one in each browser", () => {
    const names = Array.from({ length: 50 }, () => contributorIn(storageWith(), KEY)());
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(new Set(names).size).toBe(50);
  });

  it("stays the same over visits and tabs", () => {
    const storage = storageWith();
    const first = contributorIn(storage, KEY);
    const name = first();
    expect(first()).toBe(name);
    expect(contributorIn(storage, KEY)()).toBe(name);
  });

  it("is the one that another tab has made meanwhile", () => {
    const storage = storageWith();
    const contributor = contributorIn(storage, KEY);
    contributor();
    storage.values.set(KEY, "AAAAAAAAAAAAAAAAAAAAAA");
    expect(contributor()).toBe("AAAAAAAAAAAAAAAAAAAAAA");
  });

  it.each(["", "short", "me@example.org is too much", "x".repeat(65)])(
    "is made anew where storage holds something else: %j",
    (damaged) => {
      const storage = storageWith(new Map([[KEY, damaged]]));
      const name = contributorIn(storage, KEY)();
      expect(name).toMatch(/^[A-Za-z0-9_-]{22}$/);
      expect(storage.values.get(KEY)).toBe(name);
    },
  );

  it("lasts as long as the page where storage is blocked", () => {
    const blocked = () => {
      throw new DOMException("blocked", "SecurityError");
    };
    const contributor = contributorIn({ getItem: blocked, setItem: blocked }, KEY);
    expect(contributor()).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(contributor()).toBe(contributor());
  });
});
