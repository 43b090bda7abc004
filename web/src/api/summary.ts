import { type Digit, isDigit, LABELS, type Label } from "../label";
import { isPicture, isRecord } from "./json";

/** Where a row came from. */
type Source = "confirmed" | "corrected" | "training";

/** A drawing among the latest. */
export interface RecentDrawing {
  readonly id: string;
  readonly receivedAt: string;
  readonly label: Label;
  readonly prediction: Digit | undefined;
  readonly confidence: number | undefined;
  readonly source: Source;
  readonly image: string;
}

/** What the feedback amounts to; the answer of `GET /feedback/summary`. */
export interface Summary {
  readonly rows: number;
  /** How many of each label, in the order of {@link LABELS}. */
  readonly labels: readonly number[];
  readonly sources: Readonly<Record<Source, number>>;
  /** How many were received on each day (yyyy-mm-dd, UTC), oldest first. */
  readonly days: readonly { readonly day: string; readonly count: number }[];
  /** By prediction 0–9: how many of each label. */
  readonly confusion: readonly (readonly number[])[];
  /** The mean picture of each digit, where there is one. */
  readonly means: readonly (string | undefined)[];
  /** The latest first. */
  readonly recent: readonly RecentDrawing[];
  /** How many rows the next retraining will take, where the API says so. */
  readonly waiting: number | undefined;
  /** What has moved in the last week, in a sentence. */
  readonly drift: string | undefined;
}

/** Reads the API's answer; what is missing or of another shape counts as nothing. */
export function toSummary(body: unknown): Summary {
  const from = isRecord(body) ? body : {};
  const labels = isRecord(from.labels) ? from.labels : {};
  const sources = isRecord(from.sources) ? from.sources : {};
  const days = isRecord(from.days) ? from.days : {};
  const confusion: readonly unknown[] = Array.isArray(from.confusion) ? from.confusion : [];
  const means = isRecord(from.means) ? from.means : {};
  return {
    rows: count(from.rows),
    labels: LABELS.map((label) => count(labels[label])),
    sources: {
      confirmed: count(sources.confirmed),
      corrected: count(sources.corrected),
      training: count(sources.training),
    },
    days: Object.entries(days)
      .map(([day, each]) => ({ day, count: count(each) }))
      .sort((a, b) => a.day.localeCompare(b.day)),
    confusion: Array.from({ length: 10 }, (_, prediction) => {
      const row: unknown = confusion[prediction];
      return LABELS.map((__, label) => count(Array.isArray(row) ? row[label] : 0));
    }),
    means: Array.from({ length: 10 }, (_, digit) => {
      const mean = means[digit];
      return isPicture(mean) ? mean : undefined;
    }),
    recent: Array.isArray(from.recent) ? from.recent.flatMap(toRecent) : [],
    waiting: typeof from.waiting_for_retraining === "number" ? count(from.waiting_for_retraining) : undefined,
    drift: typeof from.drift === "string" ? from.drift : undefined,
  };
}

/** Among drawings that the model was asked about and a person answered: how many, and how many it read right. */
export function agreement({ confusion }: Summary): { readonly judgements: number; readonly hits: number } {
  const judgements = confusion.flat().reduce((sum, each) => sum + each, 0);
  const hits = confusion.reduce((sum, row, digit) => sum + (row[digit] ?? 0), 0);
  return { judgements, hits };
}

/** Whether the model took the drawing for something else than it is; not so where it was not asked. */
export function isMistake({ label, prediction }: RecentDrawing): boolean {
  return prediction !== undefined && prediction !== label;
}

function toRecent(value: unknown): RecentDrawing[] {
  if (!isRecord(value)) return [];
  const { id, label, image, prediction, confidence, source, received_at: receivedAt } = value;
  if (typeof id !== "string" || !isPicture(image) || !(isDigit(label) || label === "NaN")) return [];
  return [
    {
      id,
      label,
      image,
      prediction: isDigit(prediction) ? prediction : undefined,
      confidence: typeof confidence === "number" ? confidence : undefined,
      source: source === "confirmed" || source === "corrected" ? source : "training",
      receivedAt: typeof receivedAt === "string" ? receivedAt : "",
    },
  ];
}

function count(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? Math.round(value) : 0;
}
