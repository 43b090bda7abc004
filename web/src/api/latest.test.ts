import { describe, expect, it } from "vitest";
import { Latest, OVERTAKEN } from "./latest";

/** A call whose end is in the test's hands, and which does not heed its signal. */
function call<T>() {
  let [resolve, reject] = [(_: T) => {}, (_: Error) => {}];
  const promise = new Promise<T>((yes, no) => {
    [resolve, reject] = [yes, no];
  });
  return { promise, resolve, reject };
}

describe("the latest call", () => {
  it("gives its result", async () => {
    expect(await new Latest().run(async () => 7)).toBe(7);
  });

  it("throws its own failure", async () => {
    const failing = new Latest().run(() => Promise.reject(new Error("down")));
    await expect(failing).rejects.toThrow("down");
  });

  it("drops an older answer that comes after the newer one", async () => {
    const latest = new Latest();
    const [older, newer] = [call<number>(), call<number>()];
    const first = latest.run(() => older.promise);
    const second = latest.run(() => newer.promise);
    newer.resolve(2);
    expect(await second).toBe(2);
    older.resolve(1);
    expect(await first).toBe(OVERTAKEN);
  });

  it("drops an older answer that comes before the newer one", async () => {
    const latest = new Latest();
    const [older, newer] = [call<number>(), call<number>()];
    const first = latest.run(() => older.promise);
    const second = latest.run(() => newer.promise);
    older.resolve(1);
    expect(await first).toBe(OVERTAKEN);
    newer.resolve(2);
    expect(await second).toBe(2);
  });

  it("drops an older failure too", async () => {
    const latest = new Latest();
    const older = call<number>();
    const first = latest.run(() => older.promise);
    void latest.run(async () => 2);
    older.reject(new Error("down"));
    expect(await first).toBe(OVERTAKEN);
  });

  it("aborts what it overtakes, and what is cancelled", async () => {
    const latest = new Latest();
    const signals: AbortSignal[] = [];
    const note = (signal: AbortSignal) => {
      signals.push(signal);
      return call<void>().promise;
    };
    void latest.run(note);
    void latest.run(note);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    latest.cancel();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });
});
