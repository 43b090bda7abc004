import { isRecord } from "./client";

/** A version of the model with its figures. */
export interface ModelVersion {
  readonly version: string;
  /** ISO 8601, where known. */
  readonly created: string | undefined;
  /** The figures that are numbers, by name. */
  readonly figures: Readonly<Record<string, number>>;
}

/** The model in service and those before it, the latest first; the answer of `GET /model`. */
export interface ModelCard extends ModelVersion {
  readonly previous: readonly ModelVersion[];
}

/** Reads the API's answer. */
export function toModelCard(body: unknown): ModelCard {
  const previous = isRecord(body) && Array.isArray(body.previous) ? body.previous : [];
  return { ...toVersion(body), previous: previous.filter(isRecord).map(toVersion) };
}

function toVersion(body: unknown): ModelVersion {
  const from = isRecord(body) ? body : {};
  const figures = isRecord(from.figures) ? from.figures : {};
  const created = from.created ?? from.created_at;
  return {
    version: typeof from.version === "string" ? from.version : "",
    created: typeof created === "string" ? created : undefined,
    figures: Object.fromEntries(
      Object.entries(figures).filter((each): each is [string, number] => Number.isFinite(each[1])),
    ),
  };
}
