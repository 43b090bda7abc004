/** What {@link Latest.run} gives for a call that a newer one has overtaken. */
export const OVERTAKEN = Symbol("overtaken");

/**
 * Lets only the newest call count: starting one aborts the one before, whose answer or failure is dropped even when
 * it could not be aborted in time. So an answer to an older drawing never shows.
 */
export class Latest {
  #current: AbortController | undefined;

  /** Runs a call, which should heed the signal. */
  async run<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T | typeof OVERTAKEN> {
    this.cancel();
    const mine = new AbortController();
    this.#current = mine;
    try {
      const result = await call(mine.signal);
      return mine.signal.aborted ? OVERTAKEN : result;
    } catch (error) {
      if (mine.signal.aborted) return OVERTAKEN;
      throw error;
    } finally {
      if (this.#current === mine) this.#current = undefined;
    }
  }

  /** Drops the call in flight, if there is one. */
  cancel(): void {
    this.#current?.abort();
    this.#current = undefined;
  }
}
