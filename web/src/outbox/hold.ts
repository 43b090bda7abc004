import type { Delivery, FeedbackQueue } from "./queue";
import type { GivenRecord } from "./record";

/** A record to hold, and who wants to know of it. */
export interface Giving {
  readonly record: GivenRecord;
  /** Called when its time is up and it is being sent. */
  readonly sending: () => void;
  /** Called with what became of it. */
  readonly delivered: (delivery: Delivery) => void;
}

/**
 * Holds one answer back for a few seconds, so that it can be taken back: what is on the store is there for good. An answer
 * about a number is a record a digit.
 *
 * It lies in the queue's storage meanwhile, so a tab that is closed loses nothing.
 */
export class Hold {
  readonly #queue: FeedbackQueue;
  readonly #time: number;
  #held: { readonly givings: readonly Giving[]; readonly timer: number } | undefined;

  /** @param time - how long an answer is held, in ms */
  constructor(queue: FeedbackQueue, time: number) {
    this.#queue = queue;
    this.#time = time;
  }

  /** Holds an answer; the one before goes out. */
  give(...givings: readonly Giving[]): void {
    this.commit();
    for (const { record } of givings) this.#queue.hold(record, Date.now() + this.#time);
    this.#held = { givings, timer: Number(setTimeout(() => this.commit(), this.#time)) };
  }

  /** Takes the held answer back. Whether it was in time. */
  takeBack(): boolean {
    const givings = this.#release();
    for (const { record, delivered } of givings) {
      this.#queue.withdraw(record.id);
      delivered({ state: "gone" });
    }
    return givings.length > 0;
  }

  /** Sends the held answer now, if there is one. */
  commit(): void {
    for (const { record, sending, delivered } of this.#release()) {
      sending();
      void this.#queue.release(record.id).then(delivered);
    }
  }

  #release(): readonly Giving[] {
    const { givings = [], timer } = this.#held ?? {};
    clearTimeout(timer);
    this.#held = undefined;
    return givings;
  }
}
