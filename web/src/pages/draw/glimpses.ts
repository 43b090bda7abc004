import type { Answer } from "../../api/client";
import { LIVE_EVERY_MS, LIVE_WITHIN_MS } from "../../config";
import type { Drawing } from "../../ink/drawing";

/** Asks what there is of a drawing. */
export type Glimpse = (drawing: Drawing, signal: AbortSignal) => Promise<Answer>;

/**
 * Reads a drawing while it grows: one request at a time and ten a second at most, and the newest drawing next, whatever came
 * between. Nothing is asked while answers are slow, and what a failure would say the stroke's own request says anyway.
 */
export class Glimpses {
  readonly #ask: Glimpse;
  readonly #show: (answer: Answer) => void;
  readonly #now: () => number;
  readonly #rest: (ms: number) => Promise<unknown>;
  #next: Drawing | undefined;
  #asking: AbortController | undefined;
  #isQuick = true;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(
    ask: Glimpse,
    show: (answer: Answer) => void,
    now: () => number = () => performance.now(),
    rest: (ms: number) => Promise<unknown> = (ms) => new Promise((done) => setTimeout(done, ms)),
  ) {
    this.#ask = ask;
    this.#show = show;
    this.#now = now;
    this.#rest = rest;
  }

  /** The drawing has grown to this. */
  see(drawing: Drawing): void {
    this.#next = drawing;
    if (!this.#asking && this.#isQuick) void this.#run();
  }

  /** The stroke is over: what is still on its way is about less than there is. */
  end(): void {
    this.#next = undefined;
    this.#asking?.abort();
    this.#asking = undefined;
  }

  /** An answer took so many ms. */
  took(duration: number): void {
    this.#isQuick = duration <= LIVE_WITHIN_MS;
  }

  async #run(): Promise<void> {
    const asking = new AbortController();
    this.#asking = asking;
    while (this.#next && this.#isQuick) {
      const early = this.#askedAt + LIVE_EVERY_MS - this.#now();
      if (early > 0) await this.#rest(early);
      if (asking.signal.aborted) return;
      const drawing: Drawing = this.#next;
      this.#next = undefined;
      const since = this.#now();
      this.#askedAt = since;
      try {
        const answer = await this.#ask(drawing, asking.signal);
        if (asking.signal.aborted) return;
        this.took(this.#now() - since);
        this.#show(answer);
      } catch {
        if (asking.signal.aborted) return;
        this.#isQuick = false;
      }
    }
    this.#asking = undefined;
  }
}
