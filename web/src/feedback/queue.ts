import type { FeedbackRecord } from "../api/client";
import { ApiError } from "../api/error";

/**
 * What became of one feedback: stored, kept for later (`pause` tells that any other would be, too: nothing answers, or
 * there are too many requests), or refused by the API with its sentence.
 */
export type Delivery =
  | { readonly state: "saved" }
  | { readonly state: "kept"; readonly reason: string; readonly pause: boolean }
  | { readonly state: "refused"; readonly reason: string };

/** The part of `Storage` that the queue needs. */
export type QueueStorage = Pick<Storage, "getItem" | "setItem">;

/** Runs a task while no other holder of the same lock does, in this tab or another one. */
export type Lock = <T>(task: () => Promise<T>) => Promise<T>;

/** What a {@link FeedbackQueue} is made of. */
export interface QueueParts {
  readonly storage: QueueStorage;
  readonly key: string;
  /** Sends one record; throws {@link ApiError} when that fails. */
  readonly send: (record: FeedbackRecord) => Promise<void>;
  /** Keeps other tabs from sending the same records meanwhile. Not needed with a single tab. */
  readonly lock?: Lock;
  /** Told of each record that the API has stored. */
  readonly onSaved?: () => void;
}

/** A record as it lies in storage; one that is held is not sent before its time. */
type Kept = FeedbackRecord & { readonly held_until?: number };

/**
 * The outbox for feedback. A record is written to storage before it is sent and leaves it only when the API has
 * stored or refused it, so neither a lost network nor a closed tab loses it.
 *
 * Records go out one at a time under a lock, and storage is read again under it: what another run has already sent is not
 * sent again. Should the answer to a stored record get lost on its way, the record's `id` makes the next try harmless.
 */
export class FeedbackQueue {
  readonly #parts: QueueParts;
  readonly #lock: Lock;
  readonly #listeners = new Set<() => void>();
  #snapshot: readonly FeedbackRecord[];
  /** Set when storage cannot be written (full, or blocked): the queue then lives as long as the page. */
  #memory: readonly Kept[] | undefined;

  constructor(parts: QueueParts) {
    this.#parts = parts;
    this.#lock = parts.lock ?? oneAtATime();
    this.#snapshot = sendable(this.#read());
  }

  /** The records that wait to be sent, oldest first, but for those held. The same array until something changes. */
  get pending(): readonly FeedbackRecord[] {
    return this.#snapshot;
  }

  /** Calls back after each change of {@link pending}; the result ends that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads storage again; for when another tab has written to it. */
  refresh(): void {
    this.#publish(this.#read());
  }

  /** Keeps a record and sends it right away. */
  async submit(record: FeedbackRecord): Promise<Delivery> {
    this.#write([...this.#read().filter((each) => each.id !== record.id), record]);
    return this.#lock(() => this.#deliver(record.id));
  }

  /** Keeps a record that is not to be sent before a time (ms since 1970), unless it is released. */
  hold(record: FeedbackRecord, until: number): void {
    this.#write([...this.#read().filter((each) => each.id !== record.id), { ...record, held_until: until }]);
  }

  /** Sends a record that is held. */
  async release(id: string): Promise<Delivery> {
    this.#write(this.#read().map((each) => (each.id === id ? withoutHold(each) : each)));
    return this.#lock(() => this.#deliver(id));
  }

  /** Takes back a record that is held. */
  withdraw(id: string): void {
    this.#remove(id);
  }

  /** The time (ms since 1970) at which the first held record may go, if there is one. */
  get heldUntil(): number | undefined {
    const times = this.#read().flatMap((each) => (isHeld(each) ? [each.held_until ?? 0] : []));
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  /**
   * Tries to send everything that waits.
   *
   * @returns what became of each record, by id. Once any other would be kept, too, the rest stay kept without a try.
   */
  async flush(): Promise<ReadonlyMap<string, Delivery>> {
    const deliveries = new Map<string, Delivery>();
    for (const { id } of sendable(this.#read())) {
      const delivery = await this.#lock(() => this.#deliver(id));
      deliveries.set(id, delivery);
      if (delivery.state === "kept" && delivery.pause) break;
    }
    return deliveries;
  }

  async #deliver(id: string): Promise<Delivery> {
    const record = this.#read().find((each) => each.id === id);
    if (!record) return { state: "saved" };
    try {
      await this.#parts.send(withoutHold(record));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!(error instanceof ApiError) || error.retryable) {
        const answered = error instanceof ApiError && error.status !== undefined;
        return { state: "kept", reason, pause: !answered || error.kind === "busy" };
      }
      this.#remove(id);
      return { state: "refused", reason };
    }
    this.#remove(id);
    this.#parts.onSaved?.();
    return { state: "saved" };
  }

  #remove(id: string): void {
    this.#write(this.#read().filter((each) => each.id !== id));
  }

  #read(): readonly Kept[] {
    if (this.#memory) return this.#memory;
    try {
      const stored: unknown = JSON.parse(this.#parts.storage.getItem(this.#parts.key) ?? "[]");
      return Array.isArray(stored) ? stored.filter(isFeedback) : [];
    } catch {
      // Storage is blocked, or holds what nobody can read: there is nothing to save in either case.
      return [];
    }
  }

  #write(records: readonly Kept[]): void {
    try {
      this.#parts.storage.setItem(this.#parts.key, JSON.stringify(records));
      this.#memory = undefined;
    } catch {
      this.#memory = records;
    }
    this.#publish(records);
  }

  #publish(records: readonly Kept[]): void {
    this.#snapshot = sendable(records);
    for (const listener of this.#listeners) listener();
  }
}

/** The browser's lock over all tabs, or one for this tab alone where the browser has none (plain HTTP). */
export function tabsLock(name: string): Lock {
  const { locks } = navigator;
  if (!locks) return oneAtATime();
  return async (task) => await locks.request(name, task);
}

function oneAtATime(): Lock {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const run = last.then(task);
    last = run.catch(() => undefined);
    return run;
  };
}

function isHeld(record: Kept): boolean {
  return record.held_until !== undefined && record.held_until > Date.now();
}

function sendable(records: readonly Kept[]): readonly Kept[] {
  return records.filter((each) => !isHeld(each));
}

function withoutHold({ held_until: _, ...record }: Kept): FeedbackRecord {
  return record;
}

function isFeedback(value: unknown): value is Kept {
  if (typeof value !== "object" || value === null) return false;
  const { id, image, label } = value as Partial<Record<keyof FeedbackRecord, unknown>>;
  return (
    typeof id === "string" && typeof image === "string" && (typeof label === "number" || label === "NaN")
  );
}
