import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FeedbackRecord } from "../api/client";
import { type Giving, Hold } from "./hold";
import { FeedbackQueue } from "./queue";

const TIME = 3_000;

function record(id: string): FeedbackRecord {
  return { id, image: "data:,", label: 7, source: "training" };
}

function giving(id: string, delivered: Giving["delivered"] = vi.fn()): Giving {
  return { record: record(id), sending: () => undefined, delivered };
}

function parts() {
  const values = new Map<string, string>();
  const storage = {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
  };
  const sent: FeedbackRecord[] = [];
  const send = async (each: FeedbackRecord) => void sent.push(each);
  const queue = new FeedbackQueue({ storage, key: "queue", send });
  return { storage, sent, send, queue, hold: new Hold(queue, TIME) };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("an answer that is held", () => {
  it("goes out once its time is up, as it was given", async () => {
    const { sent, hold } = parts();
    const delivered = vi.fn();
    hold.give(giving("a", delivered));
    await vi.advanceTimersByTimeAsync(TIME - 1);
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toEqual([record("a")]);
    expect(delivered).toHaveBeenCalledExactlyOnceWith({ state: "saved" });
  });

  it("is never sent once it was taken back", async () => {
    const { sent, hold, queue } = parts();
    hold.give(giving("a"));
    expect(hold.takeBack()).toBe(true);
    await vi.advanceTimersByTimeAsync(TIME);
    await queue.flush();
    expect(sent).toEqual([]);
    expect(hold.takeBack()).toBe(false);
  });

  it("goes out at once, and once only, when it is committed", async () => {
    const { sent, hold } = parts();
    hold.give(giving("a"));
    hold.commit();
    hold.commit();
    await vi.advanceTimersByTimeAsync(2 * TIME);
    expect(sent).toEqual([record("a")]);
  });

  it("makes way for the next one", async () => {
    const { sent, hold } = parts();
    hold.give(giving("a"));
    hold.give(giving("b"));
    await vi.advanceTimersByTimeAsync(0);
    expect(sent.map(({ id }) => id)).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(TIME);
    expect(sent.map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("is not among those that wait, nor sent by another tab meanwhile", async () => {
    const { storage, sent, send, queue, hold } = parts();
    hold.give(giving("a"));
    const otherTab = new FeedbackQueue({ storage, key: "queue", send });
    await otherTab.flush();
    expect(sent).toEqual([]);
    expect(queue.pending).toEqual([]);
  });

  it("survives the tab that was closed meanwhile", async () => {
    const { storage, sent, send, hold } = parts();
    hold.give(giving("a"));
    vi.clearAllTimers();
    vi.advanceTimersByTime(TIME);
    const reopened = new FeedbackQueue({ storage, key: "queue", send });
    await reopened.flush();
    expect(sent).toEqual([record("a")]);
  });

  it("may be of several records, which go out or are taken back together", async () => {
    const { sent, hold } = parts();
    const gone = vi.fn();
    hold.give(giving("a", gone), giving("b", gone));
    expect(hold.takeBack()).toBe(true);
    expect(gone.mock.calls).toEqual([[{ state: "gone" }], [{ state: "gone" }]]);
    hold.give(giving("c"), giving("d"));
    await vi.advanceTimersByTimeAsync(TIME);
    expect(sent.map(({ id }) => id)).toEqual(["c", "d"]);
  });
});
