import { isRecord } from "./json";

/** How a version came into service. */
type Kind = "built-in" | "promotion" | "rollback";

/** A version of the model, as it was in service. */
export interface ModelVersion {
  readonly version: string;
  /** When it was made, ISO 8601, where known. */
  readonly created: string | undefined;
  /** Since when it is, or from when on it was, in service, ISO 8601, where known. */
  readonly since: string | undefined;
  readonly kind: Kind | undefined;
  /** Why it came into service. */
  readonly reason: string | undefined;
  /** From how many rows of feedback it learned. */
  readonly rows: number;
  /** The figures that are numbers, by name. */
  readonly figures: Readonly<Record<string, number>>;
}

/** The model in service and those before it, the latest first; the answer of `GET /model`. */
export interface ModelCard extends ModelVersion {
  readonly previous: readonly ModelVersion[];
}

/** Reads the API's answer. */
export function toModelCard(body: unknown): ModelCard {
  const card = isRecord(body) ? body : {};
  const previous = Array.isArray(card.previous) ? card.previous : [];
  const data = isRecord(card.data) ? card.data : {};
  const how = isRecord(card.in_service) ? card.in_service : {};
  return {
    ...toVersion({ ...card, ...how, rows: data.feedback_rows }),
    previous: previous.filter(isRecord).map(toVersion),
  };
}

function toVersion(from: Record<string, unknown>): ModelVersion {
  const { version, kind, rows } = from;
  const figures = isRecord(from.figures) ? from.figures : {};
  return {
    version: text(version) ?? "",
    created: text(from.created),
    since: text(from.since),
    kind: kind === "built-in" || kind === "promotion" || kind === "rollback" ? kind : undefined,
    reason: text(from.reason),
    rows: typeof rows === "number" && rows > 0 ? rows : 0,
    figures: Object.fromEntries(
      Object.entries(figures).filter((each): each is [string, number] => Number.isFinite(each[1])),
    ),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
