import { describe, expect, it, vi } from "vitest";
import type { FeedbackRecord } from "../api/client";
import { REMEMBERED, REMEMBERED_LENGTH, REMEMBERED_PICTURES } from "../config";
import { GivenDrawings } from "./drawings";

const KEY = "drawings";

function storageOf(room = Number.POSITIVE_INFINITY) {
  const values = new Map<string, string>();
  return {
    values,
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => {
      if (value.length > room) throw new DOMException("full", "QuotaExceededError");
      values.set(key, value);
    },
  };
}

function record(id: string, image = "data:image/png;base64,AAAA"): FeedbackRecord {
  return { id, image, label: 7, prediction: 1, model_version: "v1", confidence: 0.6, source: "corrected" };
}

const ids = (drawings: GivenDrawings) => drawings.all.map(({ id }) => id);

describe("the drawings given from a device", () => {
  it("are remembered over visits, the latest first, with what was read then", () => {
    const storage = storageOf();
    const drawings = new GivenDrawings(storage, KEY);
    drawings.add(record("a"));
    drawings.add({ id: "b", image: "data:image/png;base64,BBBB", label: "NaN", source: "training" });
    const [last, first] = new GivenDrawings(storage, KEY).all;
    expect(first).toMatchObject({ id: "a", label: 7, before: { version: "v1", digit: 1 } });
    expect(last).toMatchObject({ id: "b", label: "NaN" });
    expect(last).not.toHaveProperty("before");
  });

  it("have pictures if they are of the last hundred; of older ones is known what takes them back", () => {
    const storage = storageOf();
    const drawings = new GivenDrawings(storage, KEY);
    for (let n = 0; n < REMEMBERED_PICTURES + 5; n++) drawings.add(record(String(n)));
    expect(ids(drawings)).toEqual(
      Array.from({ length: REMEMBERED_PICTURES + 5 }, (_, n) => String(REMEMBERED_PICTURES + 4 - n)),
    );
    const again = new GivenDrawings(storage, KEY).all;
    expect(again.filter(({ image }) => image !== undefined)).toHaveLength(REMEMBERED_PICTURES);
    expect(again.at(-1)).toEqual({ id: "0", label: 7, at: expect.any(String) });
  });

  it("are forgotten where there are thousands, but for those that are to be taken back", () => {
    const storage = storageOf();
    const old = Array.from({ length: REMEMBERED }, (_, n) => ({
      id: String(n),
      label: 7,
      at: "2026-11-28",
    }));
    storage.values.set(KEY, JSON.stringify(old));
    const drawings = new GivenDrawings(storage, KEY);
    drawings.leave(String(REMEMBERED - 1));
    drawings.add(record("new"));
    drawings.add(record("newer"));
    expect(ids(drawings).slice(0, 3)).toEqual(["newer", "new", "0"]);
    expect(ids(drawings).slice(-2)).toEqual([REMEMBERED - 3, REMEMBERED - 1].map(String));
  });

  it("take no more room than they may", () => {
    const drawings = new GivenDrawings(storageOf(), KEY);
    const large = `data:image/png;base64,${"A".repeat(REMEMBERED_LENGTH / 4)}`;
    for (const id of ["a", "b", "c", "d", "e"]) drawings.add(record(id, large));
    expect(ids(drawings)).toEqual(["e", "d", "c", "b", "a"]);
    expect(drawings.all.filter(({ image }) => image !== undefined)).toHaveLength(3);
  });

  it("make way where storage is full", () => {
    const drawings = new GivenDrawings(storageOf(400), KEY);
    for (let n = 0; n < 20; n++) drawings.add(record(String(n)));
    expect(ids(drawings)[0]).toBe("19");
    expect(drawings.all.length).toBeLessThan(8);
  });

  it("lose their pictures first where storage is full: they can still be taken back", () => {
    const drawings = new GivenDrawings(storageOf(5000), KEY);
    const large = `data:image/png;base64,${"A".repeat(1000)}`;
    for (let n = 0; n < 20; n++) drawings.add(record(String(n), large));
    expect(drawings.all).toHaveLength(20);
    expect(drawings.all[0]?.image).toBe(large);
    expect(drawings.all.at(-1)).toEqual({ id: "0", label: 7, at: expect.any(String) });
  });

  it("last as long as the page where storage is blocked", () => {
    const blocked = () => {
      throw new DOMException("blocked", "SecurityError");
    };
    const drawings = new GivenDrawings({ getItem: blocked, setItem: blocked }, KEY);
    drawings.add(record("a"));
    drawings.add(record("b"));
    expect(ids(drawings)).toEqual(["b", "a"]);
  });

  it("are known to other tabs, and none of theirs is forgotten", () => {
    const storage = storageOf();
    const [here, there] = [new GivenDrawings(storage, KEY), new GivenDrawings(storage, KEY)];
    there.add(record("a"));
    here.add(record("b"));
    const listener = vi.fn();
    there.subscribe(listener);
    there.refresh();
    there.refresh();
    expect(listener).toHaveBeenCalledOnce();
    expect(ids(there)).toEqual(["b", "a"]);
  });

  it("stay until the API has said that they are taken back, whatever comes", () => {
    const drawings = new GivenDrawings(storageOf(), KEY);
    drawings.add(record("a"));
    drawings.leave("a");
    for (let n = 0; n < REMEMBERED_PICTURES + 5; n++) drawings.add(record(String(n)));
    expect(drawings.all.at(-1)).toMatchObject({ id: "a", leaving: true });
    expect(drawings.forget("a")).toBe(true);
    expect(drawings.forget("a")).toBe(false);
    expect(ids(drawings)).not.toContain("a");
  });

  it("remember what is read today", () => {
    const storage = storageOf();
    const drawings = new GivenDrawings(storage, KEY);
    drawings.add(record("a"));
    drawings.note("a", { version: "v2", digit: 7 });
    expect(new GivenDrawings(storage, KEY).all[0]?.now).toEqual({ version: "v2", digit: 7 });
  });

  it.each(["x", "{}", '[{"id": 3}]', '[{"id":"a","image":"http://x/","label":7,"at":""}]'])(
    "are none on unreadable storage: %s",
    (text) => {
      const storage = storageOf();
      storage.values.set(KEY, text);
      expect(new GivenDrawings(storage, KEY).all).toEqual([]);
    },
  );
});
