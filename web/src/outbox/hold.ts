import type { FeedbackRecord } from "../api/client";
import type { Delivery, FeedbackQueue } from "./queue";

/**
 * Holds one answer back for a few seconds, so that it can be taken back: what is on the store is there for good.
 *
 * It lies in the queue's storage meanwhile, so a tab that is closed loses nothing.
 */
export class Hold {
  readonly #queue: FeedbackQueue;
  readonly #time: number;
  #held: { readonly id: string; readonly timer: number; readonly send: () => void } | undefined;

  /** @param time - how long an answer is held, in ms */
  constructor(queue: FeedbackQueue, time: number) {
    this.#queue = queue;
    this.#time = time;
  }

  /**
   * Holds an answer; the one before goes out.
   *
   * @param sending - called when its time is up and it is being sent
   * @param delivered - called with what became of it
   */
  give(record: FeedbackRecord, sending: () => void, delivered: (delivery: Delivery) => void): void {
    this.commit();
    this.#queue.hold(record, Date.now() + this.#time);
    const send = () => {
      this.#held = undefined;
      sending();
      void this.#queue.release(record.id).then(delivered);
    };
    this.#held = { id: record.id, timer: Number(setTimeout(send, this.#time)), send };
  }

  /** Takes the held answer back. Whether it was in time. */
  takeBack(): boolean {
    if (!this.#held) return false;
    clearTimeout(this.#held.timer);
    this.#queue.withdraw(this.#held.id);
    this.#held = undefined;
    return true;
  }

  /** Sends the held answer now, if there is one. */
  commit(): void {
    if (!this.#held) return;
    clearTimeout(this.#held.timer);
    this.#held.send();
  }
}
