import { useEffect, useState } from "react";
import type { ApiClient } from "../../api/client";
import { ApiError } from "../../api/error";
import { READ_AT_ONCE } from "../../config";
import { savesData } from "../../frame/savesData";
import type { GivenDrawing, GivenDrawings } from "../../outbox/drawings";
import { unread } from "./readings";

/** Asking the model in service about drawings that models before have read. */
export interface Readings {
  /** How many it was not asked about yet. */
  readonly left: number;
  readonly asking: boolean;
  /** Asks about them; they are asked about by themselves, but for where data is to be saved. */
  readonly ask: () => void;
}

/** Asks about each drawing once for each version, a few at a time, and remembers the answers. */
export function useReadings(
  client: ApiClient,
  drawings: GivenDrawings,
  all: readonly GivenDrawing[],
  version: string | undefined,
): Readings {
  const [asking, setAsking] = useState(() => !savesData());
  const left = version === undefined ? 0 : unread(all, version).length;
  const busy = asking && left > 0;

  useEffect(() => {
    if (!busy || version === undefined) return;
    const control = new AbortController();
    const queue = [...unread(drawings.all, version)];
    const work = async () => {
      for (let next = queue.shift(); next && !control.signal.aborted; next = queue.shift()) {
        const { digit, modelVersion } = await client.predict(next.image, control.signal, 1);
        // Another one may have taken its place meanwhile: then nobody has asked the new one yet.
        drawings.note(next.id, { version: modelVersion ?? version, digit });
      }
    };
    Promise.all(Array.from({ length: READ_AT_ONCE }, work))
      .catch((error: unknown) => {
        if (!control.signal.aborted && !(error instanceof ApiError)) throw error;
      })
      // A person may ask again for what was not answered.
      .finally(() => control.signal.aborted || setAsking(false));
    return () => control.abort();
  }, [busy, client, drawings, version]);

  return { left, asking: busy, ask: () => setAsking(true) };
}
