import { describe, expect, it, vi } from "vitest";
import { GivenCount } from "./given";

function storageWith(value: string | null) {
  let stored = value;
  return {
    getItem: () => stored,
    setItem: (_: string, next: string) => {
      stored = next;
    },
  };
}

describe("the count of drawings given", () => {
  it("goes on where the last visit ended, and tells of it", () => {
    const storage = storageWith("41");
    const given = new GivenCount(storage, "given");
    const listener = vi.fn();
    given.subscribe(listener);
    given.add();
    expect(given.count).toBe(42);
    expect(listener).toHaveBeenCalledOnce();
    expect(new GivenCount(storage, "given").count).toBe(42);
  });

  it("counts what another tab counted, too", () => {
    const storage = storageWith(null);
    const [here, there] = [new GivenCount(storage, "given"), new GivenCount(storage, "given")];
    there.add();
    here.add();
    expect(here.count).toBe(2);
  });

  it.each(["x", "-3", "1.5", "Infinity"])("starts at nothing on unreadable storage: %s", (text) => {
    expect(new GivenCount(storageWith(text), "given").count).toBe(0);
  });

  it("counts for as long as the page lives where storage is blocked", () => {
    const blocked = () => {
      throw new DOMException("blocked", "SecurityError");
    };
    const given = new GivenCount({ getItem: blocked, setItem: blocked }, "given");
    given.add();
    given.add();
    expect(given.count).toBe(2);
  });
});

it("counts less once a drawing is taken back, and never less than none", () => {
  const storage = storageWith("2");
  const given = new GivenCount(storage, "given");
  given.remove();
  expect(new GivenCount(storage, "given").count).toBe(1);
  given.remove();
  given.remove();
  expect(given.count).toBe(0);
});
