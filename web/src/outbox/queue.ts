import type { FeedbackRecord } from "../api/client";
import { ApiError } from "../api/error";
import { uuid7 } from "../api/uuid7";
import type { GivenRecord } from "./record";

/**
 * What became of one feedback: stored, kept for later (`pause` tells that any other would be, too: nothing answers, or
 * there are too many requests), refused by the API with its sentence, or taken back before it was sent.
 */
export type Delivery =
  | { readonly state: "saved" }
  | { readonly state: "kept"; readonly reason: string; readonly pause: boolean }
  | { readonly state: "refused"; readonly reason: string }
  | { readonly state: "gone" };

/** How a record stands: `waiting` also while it is held, `saved` only once the API has said so. */
export type Standing = "waiting" | "refused" | "saved" | "gone";

/** A record that the API has refused for good, and its sentence about it. */
export interface Refused {
  readonly record: GivenRecord;
  readonly reason: string;
}

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
  readonly onSaved?: (record: GivenRecord) => void;
}

/**
 * A record as it lies in storage. One that is held is not sent before its time; one that is refused is not sent until a
 * person says so, and then under another id where the API has something else under its own.
 */
type Kept = GivenRecord & {
  readonly held_until?: number;
  readonly refused?: { readonly reason: string; readonly status?: number };
  readonly sent_as?: string;
};

/** The API has another record under the id. */
const CONFLICT = 409;

/** How many of the latest saved records are remembered by id, for other tabs to know. */
const SAVED_REMEMBERED = 200;

/**
 * The outbox for feedback. A record is written to storage before it is sent and leaves it only when the API has
 * stored it, or a person has taken it back: so neither a lost network, nor a closed tab, nor a refusal loses it.
 *
 * Records go out one at a time under a lock, and storage is read again under it: what another run has already sent is not
 * sent again. Should the answer to a stored record get lost on its way, the record's `id` makes the next try harmless.
 */
export class FeedbackQueue {
  readonly #parts: QueueParts;
  readonly #lock: Lock;
  readonly #listeners = new Set<() => void>();
  #pending: readonly FeedbackRecord[] = [];
  #refused: readonly Refused[] = [];
  #saved: readonly string[] = [];
  /** Set when storage cannot be written (full, or blocked): the queue then lives as long as the page. */
  #memory: readonly Kept[] | undefined;

  constructor(parts: QueueParts) {
    this.#parts = parts;
    this.#lock = parts.lock ?? oneAtATime();
    this.#publish(this.#read());
  }

  /** The records that wait to be sent, oldest first, but for those held. The same array until something changes. */
  get pending(): readonly FeedbackRecord[] {
    return this.#pending;
  }

  /** The records that the API has refused, oldest first. The same array until something changes. */
  get refused(): readonly Refused[] {
    return this.#refused;
  }

  /** Whether what is kept outlives the page; not so where storage is full or blocked. */
  get isLasting(): boolean {
    return this.#memory === undefined;
  }

  /** How the record with this id stands. */
  standingOf(id: string): Standing {
    const record = this.#read().find((each) => each.id === id);
    if (record) return record.refused ? "refused" : "waiting";
    return this.#saved.includes(id) ? "saved" : "gone";
  }

  /** Calls back after each change of {@link pending} or {@link refused}; the result ends that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads storage again; for when another tab has written to it. */
  refresh(): void {
    this.#publish(this.#read());
  }

  /** Keeps a record and sends it right away. */
  async submit(record: GivenRecord): Promise<Delivery> {
    this.#put(record);
    return this.#lock(() => this.#deliver(record.id));
  }

  /** Keeps a record that is not to be sent before a time (ms since 1970), unless it is released. */
  hold(record: GivenRecord, until: number): void {
    this.#put({ ...record, held_until: until });
  }

  /** Sends a record that is held. */
  async release(id: string): Promise<Delivery> {
    this.#write(this.#read().map((each) => (each.id === id ? withoutHold(each) : each)));
    return this.#lock(() => this.#deliver(id));
  }

  /** Takes back a record that is held, or gives up one that was refused. */
  withdraw(id: string): void {
    this.#remove(id);
  }

  /** Lets all that was refused wait again, to be sent by {@link flush}. */
  reopen(): void {
    this.#write(this.#read().map((each) => (each.refused ? reopened(each) : each)));
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
    // Another tab may have sent it meanwhile; only what the API has acknowledged counts as saved.
    this.#readSaved();
    if (!record) return { state: this.#saved.includes(id) ? "saved" : "gone" };
    if (record.refused) return { state: "refused", reason: record.refused.reason };
    const sent = asSent(record);
    try {
      await this.#parts.send(sent);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!(error instanceof ApiError) || error.retryable) {
        const answered = error instanceof ApiError && error.status !== undefined;
        return { state: "kept", reason, pause: !answered || error.kind === "busy" };
      }
      const refused = { reason, ...(error.status !== undefined && { status: error.status }) };
      this.#write(this.#read().map((each) => (each.id === id ? { ...withoutHold(each), refused } : each)));
      return { state: "refused", reason };
    }
    this.#noteSaved(id);
    this.#remove(id);
    this.#parts.onSaved?.(record.shown === undefined ? sent : { ...sent, shown: record.shown });
    return { state: "saved" };
  }

  /** Keeps a record in place of what there was under its id. */
  #put(record: Kept): void {
    const records = this.#read();
    const before = records.find((each) => each.id === record.id);
    const { sent_as } = before?.refused ? reopened(before) : (before ?? {});
    const kept = sent_as === undefined ? record : { ...record, sent_as };
    this.#write([...records.filter((each) => each.id !== record.id), kept]);
  }

  #remove(id: string): void {
    this.#write(this.#read().filter((each) => each.id !== id));
  }

  #noteSaved(id: string): void {
    this.#readSaved();
    this.#saved = [...this.#saved, id].slice(-SAVED_REMEMBERED);
    try {
      this.#parts.storage.setItem(savedKey(this.#parts.key), JSON.stringify(this.#saved));
    } catch {
      // This tab knows it all the same.
    }
  }

  #readSaved(): void {
    try {
      const stored: unknown = JSON.parse(this.#parts.storage.getItem(savedKey(this.#parts.key)) ?? "[]");
      const ids = Array.isArray(stored) ? stored.filter((each) => typeof each === "string") : [];
      this.#saved = [...new Set([...this.#saved, ...ids])].slice(-SAVED_REMEMBERED);
    } catch {
      // Blocked or unreadable: what this tab has seen is what is known.
    }
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
    this.#readSaved();
    this.#pending = sendable(records);
    this.#refused = records.flatMap((each) =>
      each.refused ? [{ record: each, reason: each.refused.reason }] : [],
    );
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
  return records.filter((each) => !isHeld(each) && !each.refused);
}

function withoutHold({ held_until: _, ...record }: Kept): Kept {
  return record;
}

/** As a refused record waits again. */
function reopened({ refused, ...record }: Kept): Kept {
  return refused?.status === CONFLICT ? { ...record, sent_as: uuid7() } : record;
}

/** As it goes over the wire. */
function asSent({ held_until: _, refused: __, shown: ___, sent_as, ...record }: Kept): FeedbackRecord {
  return sent_as === undefined ? record : { ...record, id: sent_as };
}

function savedKey(key: string): string {
  return `${key}.saved`;
}

function isFeedback(value: unknown): value is Kept {
  if (typeof value !== "object" || value === null) return false;
  const { id, image, label } = value as Partial<Record<keyof FeedbackRecord, unknown>>;
  return (
    typeof id === "string" && typeof image === "string" && (typeof label === "number" || label === "NaN")
  );
}
