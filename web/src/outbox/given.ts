import type { QueueStorage } from "./queue";

/** How many drawings were given from this device, over all visits. */
export class GivenCount {
  readonly #storage: QueueStorage;
  readonly #key: string;
  readonly #listeners = new Set<() => void>();
  #count: number;

  constructor(storage: QueueStorage, key: string) {
    this.#storage = storage;
    this.#key = key;
    this.#count = this.#stored();
  }

  get count(): number {
    return this.#count;
  }

  /** Counts one more. */
  add(): void {
    // Read again: another tab may have counted meanwhile. Where storage is blocked, the page counts for itself.
    this.#set(Math.max(this.#count, this.#stored()) + 1);
  }

  /** Counts one less: it was taken back. */
  remove(): void {
    this.#set(Math.max(0, (this.#stored() || this.#count) - 1));
  }

  #set(count: number): void {
    this.#count = count;
    try {
      this.#storage.setItem(this.#key, String(this.#count));
    } catch {
      // Storage is blocked: the count lasts as long as the page.
    }
    for (const listener of this.#listeners) listener();
  }

  /** Calls back after each change; the result ends that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #stored(): number {
    try {
      const stored = Number(this.#storage.getItem(this.#key));
      return Number.isSafeInteger(stored) && stored > 0 ? stored : 0;
    } catch {
      return 0;
    }
  }
}
