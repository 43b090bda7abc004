import type { ModelCard } from "../../api/modelCard";
import type { GivenDrawing, Reading } from "../../outbox/drawings";

/** What the model in service reads in a drawing; `undefined` where it was not asked yet. */
export function todaysReading({ before, now }: GivenDrawing, version: string): Reading | undefined {
  return [now, before].find((each) => each?.version === version);
}

/** The drawings that the model in service is still to be asked about: once each, however often the page is opened. */
export function unread(drawings: readonly GivenDrawing[], version: string): readonly Pictured[] {
  return drawings
    .filter((each): each is Pictured => each.image !== undefined)
    .filter((each) => !each.leaving && !todaysReading(each, version));
}

/** A drawing of which there still is a picture. */
type Pictured = GivenDrawing & { readonly image: string };

/** How the mistakes of models before are read today. */
export interface Progress {
  readonly mistakes: number;
  readonly readNow: number;
  /** Whether the model has learned from drawings since the last of these mistakes was given. */
  readonly learned: boolean;
}

/** What became of the mistakes, told once the model in service was asked about all of them. */
export function progressOf(drawings: readonly GivenDrawing[], model: ModelCard): Progress | undefined {
  const { version, created, kind, rows } = model;
  const mistakes = drawings.filter(
    ({ label, before, leaving }) =>
      !leaving && label !== "NaN" && before && before.version !== version && before.digit !== label,
  );
  const readings = mistakes.map((each) => ({ label: each.label, now: todaysReading(each, version) }));
  if (mistakes.length === 0 || readings.some(({ now }) => !now)) return undefined;
  const since = mistakes.map(({ at }) => Date.parse(at));
  return {
    mistakes: mistakes.length,
    readNow: readings.filter(({ label, now }) => now?.digit === label).length,
    learned: kind === "promotion" && rows > 0 && Date.parse(created ?? "") > Math.min(...since),
  };
}
