import { isPicture, isRecord } from "../api/json";
import { REMEMBERED, REMEMBERED_LENGTH, REMEMBERED_PICTURES } from "../config";
import { type Digit, isDigit, type Label } from "../label";
import type { QueueStorage } from "./queue";
import type { GivenRecord } from "./record";

/** What a model has read in a drawing. */
export interface Reading {
  readonly version: string;
  readonly digit: Digit;
}

/** A drawing that was given from this device. */
export interface GivenDrawing {
  /** Of its row: who knows it may take the row back. */
  readonly id: string;
  /** Only of the latest ones; without it nothing is known of what was read, either. */
  readonly image?: string;
  readonly label: Label;
  /** When the API had stored it, ISO 8601. */
  readonly at: string;
  /** What was read when it was given, where it was. */
  readonly before?: Reading;
  /** What a later model reads. */
  readonly now?: Reading;
  /** It is to be taken back, and the API has not said so yet. */
  readonly leaving?: true;
}

/**
 * The drawings given from this device, so that a person can see what became of the last ones, and take back each. They lie
 * in local storage, which every tab reads anew, and nowhere else.
 */
export class GivenDrawings {
  readonly #storage: QueueStorage;
  readonly #key: string;
  readonly #listeners = new Set<() => void>();
  #text: string | null = null;
  #all: readonly GivenDrawing[] = [];

  constructor(storage: QueueStorage, key: string) {
    this.#storage = storage;
    this.#key = key;
    this.refresh();
  }

  /** The drawings, the latest first; the same array until something changes. */
  get all(): readonly GivenDrawing[] {
    return this.#all;
  }

  /** Remembers what the API has stored. */
  add({ id, image, shown = image, label, prediction, model_version: version }: GivenRecord): void {
    const before = prediction !== undefined && version !== undefined && { version, digit: prediction };
    const drawing = { id, image: shown, label, at: new Date().toISOString(), ...(before && { before }) };
    this.#change((all) => [drawing, ...all.filter((each) => each.id !== id)]);
  }

  /** Remembers what today's model reads in one of them. */
  note(id: string, now: Reading): void {
    this.#change((all) => all.map((each) => (each.id === id ? { ...each, now } : each)));
  }

  /** Remembers that one is to be taken back. */
  leave(id: string): void {
    this.#change((all) => all.map((each) => (each.id === id ? { ...each, leaving: true } : each)));
  }

  /** Forgets one. Whether it was there. */
  forget(id: string): boolean {
    this.refresh();
    const known = this.#all.some((each) => each.id === id);
    this.#change((all) => all.filter((each) => each.id !== id));
    return known;
  }

  /** Reads storage again; for when another tab has written to it. */
  refresh(): void {
    try {
      const text = this.#storage.getItem(this.#key);
      if (text === this.#text) return;
      this.#text = text;
      this.#publish(parsed(text));
    } catch {
      // Storage is blocked: what this tab was given is what is known.
    }
  }

  /** Calls back after each change; the result ends that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #change(change: (all: readonly GivenDrawing[]) => readonly GivenDrawing[]): void {
    this.refresh();
    let pictures = REMEMBERED_PICTURES;
    let all = bounded(change(this.#all), pictures);
    // Where storage is nearly full, what waits to be sent needs it more: first pictures make way, then the oldest.
    while (!this.#write(all) && all.length > 0) {
      if (pictures > 0) {
        pictures >>= 1;
        all = bounded(all, pictures);
      } else {
        all = all.slice(0, all.length >> 1);
      }
    }
    this.#publish(all);
  }

  #write(all: readonly GivenDrawing[]): boolean {
    const text = JSON.stringify(all);
    try {
      this.#storage.setItem(this.#key, text);
      this.#text = text;
      return true;
    } catch (error) {
      return !(error instanceof DOMException && error.name === "QuotaExceededError");
    }
  }

  #publish(all: readonly GivenDrawing[]): void {
    this.#all = all;
    for (const listener of this.#listeners) listener();
  }
}

/** The latest with their pictures, as far as there is room; those that are to be taken back stay whatever comes. */
function bounded(all: readonly GivenDrawing[], pictures: number): readonly GivenDrawing[] {
  let length = 0;
  return all.flatMap((each, nth) => {
    length += each.image?.length ?? 0;
    if (nth >= REMEMBERED && !each.leaving) return [];
    return nth < pictures && length <= REMEMBERED_LENGTH ? [each] : [withoutPicture(each)];
  });
}

function withoutPicture({ id, label, at, leaving }: GivenDrawing): GivenDrawing {
  return { id, label, at, ...(leaving && { leaving }) };
}

function parsed(text: string | null): readonly GivenDrawing[] {
  try {
    const stored: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(stored) ? stored.filter(isGivenDrawing) : [];
  } catch {
    return [];
  }
}

function isGivenDrawing(value: unknown): value is GivenDrawing {
  if (!isRecord(value)) return false;
  const { id, image, label, at, before, now } = value;
  return (
    typeof id === "string" &&
    (image === undefined || isPicture(image)) &&
    (isDigit(label) || label === "NaN") &&
    typeof at === "string" &&
    [before, now].every((each) => each === undefined || isReading(each))
  );
}

function isReading(value: unknown): value is Reading {
  return isRecord(value) && typeof value.version === "string" && isDigit(value.digit);
}
