import { describe, expect, it, vi } from "vitest";
import type { FeedbackRecord } from "../api/client";
import { ApiError } from "../api/error";
import { FeedbackQueue, type QueueStorage } from "./queue";

const KEY = "queue";

/** Local storage that outlives the page. */
function storageThatLasts(): QueueStorage & { readonly values: Map<string, string> } {
  const values = new Map<string, string>();
  return {
    values,
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
  };
}

function record(id: string): FeedbackRecord {
  return { id, image: "data:,", label: 7, prediction: 1, confidence: 0.6, source: "corrected" };
}

/** A service that can be down and remembers what reached it. */
function service() {
  const received: string[] = [];
  const state: { failure: ApiError | undefined } = { failure: undefined };
  const send = vi.fn(async ({ id }: FeedbackRecord) => {
    await Promise.resolve();
    if (state.failure) throw state.failure;
    received.push(id);
  });
  return { received, state, send };
}

const DOWN = new ApiError("unreachable", "No network.");
const BUSY = new ApiError("busy", "Too many requests at once.", 429);
const NO_STORE = new ApiError("broken", "The store cannot be reached.", 503);

describe("the feedback queue", () => {
  it("sends an answer right away and then holds nothing", async () => {
    const { send, received } = service();
    const queue = new FeedbackQueue({ storage: storageThatLasts(), key: KEY, send });
    expect(await queue.submit(record("a"))).toEqual({ state: "saved" });
    expect(received).toEqual(["a"]);
    expect(queue.pending).toEqual([]);
  });

  it.each([
    ["the network is down", DOWN, true],
    ["the store is down", NO_STORE, false],
    ["there are too many requests", BUSY, true],
  ])("keeps the answer when %s", async (_, failure, pause) => {
    const { send, state } = service();
    const queue = new FeedbackQueue({ storage: storageThatLasts(), key: KEY, send });
    state.failure = failure;
    expect(await queue.submit(record("a"))).toEqual({ state: "kept", reason: failure.message, pause });
    expect(queue.pending).toEqual([record("a")]);
  });

  it("keeps on the device what there is to show of one digit of several, and tells who wants to know", async () => {
    const { send, state } = service();
    const saved: unknown[] = [];
    const onSaved = (each: unknown) => void saved.push(each);
    const queue = new FeedbackQueue({ storage: storageThatLasts(), key: KEY, send, onSaved });
    const digit = { ...record("a"), box: [1, 2, 3, 4] as const };
    state.failure = DOWN;
    await queue.submit({ ...digit, shown: "data:,digit" });
    expect(queue.pending).toEqual([{ ...digit, shown: "data:,digit" }]);
    state.failure = undefined;
    await queue.flush();
    expect(send.mock.calls).toEqual([[digit], [digit]]);
    expect(saved).toEqual([{ ...digit, shown: "data:,digit" }]);
  });

  it("survives a reload and sends what it kept once", async () => {
    const storage = storageThatLasts();
    const { send, state, received } = service();
    state.failure = NO_STORE;
    await new FeedbackQueue({ storage, key: KEY, send }).submit(record("a"));

    const reloaded = new FeedbackQueue({ storage, key: KEY, send });
    expect(reloaded.pending).toEqual([record("a")]);
    state.failure = undefined;
    await reloaded.flush();
    await reloaded.flush();
    expect(received).toEqual(["a"]);
    expect(reloaded.pending).toEqual([]);
  });

  it("has the answer in storage before it is sent, so that closing the tab meanwhile loses nothing", async () => {
    const storage = storageThatLasts();
    const queue = new FeedbackQueue({ storage, key: KEY, send: () => new Promise(() => undefined) });
    void queue.submit(record("a"));
    expect(new FeedbackQueue({ storage, key: KEY, send: async () => undefined }).pending).toEqual([
      record("a"),
    ]);
  });

  it("sends each answer once, however many tries run at the same time", async () => {
    const { send, state, received } = service();
    const queue = new FeedbackQueue({ storage: storageThatLasts(), key: KEY, send });
    state.failure = DOWN;
    await queue.submit(record("a"));
    await queue.submit(record("b"));
    state.failure = undefined;
    await Promise.all([queue.flush(), queue.flush(), queue.submit(record("c")), queue.flush()]);
    expect(received.toSorted()).toEqual(["a", "b", "c"]);
  });

  it("does not send what another tab has sent meanwhile", async () => {
    const storage = storageThatLasts();
    const { send, state, received } = service();
    state.failure = DOWN;
    const here = new FeedbackQueue({ storage, key: KEY, send });
    await here.submit(record("a"));
    const there = new FeedbackQueue({ storage, key: KEY, send });
    state.failure = undefined;
    await there.flush();
    await here.flush();
    here.refresh();
    expect(received).toEqual(["a"]);
    expect(here.pending).toEqual([]);
  });

  it("keeps an answer once when it is given again under the same id", async () => {
    const { send, state } = service();
    const queue = new FeedbackQueue({ storage: storageThatLasts(), key: KEY, send });
    state.failure = DOWN;
    await queue.submit(record("a"));
    await queue.submit({ ...record("a"), label: 3 });
    expect(queue.pending).toEqual([{ ...record("a"), label: 3 }]);
  });

  it("keeps an answer that the API refuses, with its sentence, and sends it no more by itself", async () => {
    const storage = storageThatLasts();
    const { send, state } = service();
    const queue = new FeedbackQueue({ storage, key: KEY, send });
    state.failure = new ApiError("refused", "The label must be 0 to 9.", 400);
    const refusal = { state: "refused", reason: "The label must be 0 to 9." };
    expect(await queue.submit(record("a"))).toEqual(refusal);
    expect(queue.pending).toEqual([]);

    const reloaded = new FeedbackQueue({ storage, key: KEY, send });
    await reloaded.flush();
    expect(send).toHaveBeenCalledTimes(1);
    expect(reloaded.refused).toMatchObject([{ record: record("a"), reason: refusal.reason }]);
    expect(reloaded.standingOf("a")).toBe("refused");
  });

  it("sends what was refused once more when a person asks for it, as it was", async () => {
    const { send, state, received } = service();
    const queue = new FeedbackQueue({ storage: storageThatLasts(), key: KEY, send });
    state.failure = new ApiError("refused", "Too large.", 413);
    await queue.submit(record("a"));
    state.failure = undefined;
    queue.reopen();
    await queue.flush();
    expect(send.mock.lastCall?.[0]).toEqual(record("a"));
    expect([received, queue.refused, queue.standingOf("a")]).toEqual([["a"], [], "saved"]);
  });

  it("takes another id where the API has something else under its own", async () => {
    for (const again of ["reopened", "given anew"]) {
      const { send, state, received } = service();
      const saved: string[] = [];
      const onSaved = ({ id }: FeedbackRecord) => void saved.push(id);
      const queue = new FeedbackQueue({ storage: storageThatLasts(), key: KEY, send, onSaved });
      state.failure = new ApiError("refused", "This id is taken.", 409);
      await queue.submit(record("a"));
      state.failure = undefined;
      if (again === "reopened") {
        queue.reopen();
        await queue.flush();
      } else await queue.submit(record("a"));
      expect(received[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
      // To be taken back it has to be called what it is called on the store.
      expect(saved).toEqual(received);
      // Whoever asks about it knows it by the id that it was given.
      expect([queue.refused, queue.standingOf("a")]).toEqual([[], "saved"]);
    }
  });

  it("forgets what was refused when a person gives it up, and does not call it saved", async () => {
    const { send, state } = service();
    const queue = new FeedbackQueue({ storage: storageThatLasts(), key: KEY, send });
    state.failure = new ApiError("refused", "No.", 400);
    await queue.submit(record("a"));
    queue.withdraw("a");
    expect([queue.refused, queue.standingOf("a")]).toEqual([[], "gone"]);
    expect(await queue.release("a")).toEqual({ state: "gone" });
  });

  it("calls saved what another tab has sent, and nothing else that has left", async () => {
    const storage = storageThatLasts();
    const { send, state } = service();
    state.failure = DOWN;
    const here = new FeedbackQueue({ storage, key: KEY, send });
    await here.submit(record("a"));
    await here.submit(record("b"));
    const there = new FeedbackQueue({ storage, key: KEY, send });
    there.withdraw("b");
    state.failure = undefined;
    await there.flush();
    expect(await here.release("a")).toEqual({ state: "saved" });
    expect(await here.release("b")).toEqual({ state: "gone" });
    here.refresh();
    expect(["a", "b", "c"].map((id) => here.standingOf(id))).toEqual(["saved", "gone", "gone"]);
  });

  it("stops trying once nothing answers or it is too much, but not because of one answer that the API chokes on", async () => {
    const { send, state } = service();
    const queue = new FeedbackQueue({ storage: storageThatLasts(), key: KEY, send });
    state.failure = DOWN;
    for (const id of ["a", "b", "c"]) await queue.submit(record(id));
    for (const failure of [DOWN, BUSY]) {
      state.failure = failure;
      send.mockClear();
      await queue.flush();
      expect(send).toHaveBeenCalledTimes(1);
    }
    state.failure = NO_STORE;
    send.mockClear();
    await queue.flush();
    expect(send).toHaveBeenCalledTimes(3);
    expect(queue.pending).toHaveLength(3);
  });

  it("works for as long as the page lives when storage is full or blocked", async () => {
    const blocked = () => {
      throw new DOMException("blocked", "SecurityError");
    };
    const { send, state, received } = service();
    const queue = new FeedbackQueue({ storage: { getItem: blocked, setItem: blocked }, key: KEY, send });
    state.failure = DOWN;
    await queue.submit(record("a"));
    expect(queue.pending).toEqual([record("a")]);
    expect(queue.isLasting).toBe(false);
    state.failure = undefined;
    await queue.flush();
    expect(received).toEqual(["a"]);
    expect([queue.pending, queue.standingOf("a")]).toEqual([[], "saved"]);
  });

  it.each(["{", "null", '{"id":1}', '[1,null,{"id":"x"}]'])(
    "starts empty on unreadable storage: %s",
    (text) => {
      const storage = storageThatLasts();
      storage.values.set(KEY, text);
      expect(new FeedbackQueue({ storage, key: KEY, send: async () => undefined }).pending).toEqual([]);
    },
  );

  it("tells its listeners of each change, with the same array in between", async () => {
    const { send } = service();
    const queue = new FeedbackQueue({ storage: storageThatLasts(), key: KEY, send });
    const counts: number[] = [];
    const stop = queue.subscribe(() => counts.push(queue.pending.length));
    await queue.submit(record("a"));
    stop();
    await queue.submit(record("b"));
    expect(counts).toEqual([1, 0]);
    expect(queue.pending).toBe(queue.pending);
  });
});
