import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import type { ApiClient } from "../api/client";
import { ApiError } from "../api/error";
import { delayOf } from "../api/retries";
import { RETRY_DELAYS_MS, STORAGE_KEYS } from "../config";
import type { GivenDrawing, GivenDrawings } from "./drawings";
import type { GivenCount } from "./given";

/** The drawings given from this device, the latest first. */
export function useGivenDrawings(drawings: GivenDrawings): readonly GivenDrawing[] {
  return useSyncExternalStore(
    useCallback((changed) => drawings.subscribe(changed), [drawings]),
    () => drawings.all,
    () => drawings.all,
  );
}

/**
 * Takes drawings back: what could not be said yet is said when the page opens, when the network returns and after growing
 * waits, until the API has taken it.
 *
 * @returns takes back the drawing with an id
 */
export function useTakingBack(
  client: ApiClient,
  drawings: GivenDrawings,
  givenCount: GivenCount,
): (id: string) => void {
  const leaving = useGivenDrawings(drawings).some((each) => each.leaving);
  const [failures, setFailures] = useState(0);

  const flush = useCallback(async () => {
    let failed = false;
    for (const { id } of drawings.all.filter((each) => each.leaving)) {
      try {
        await client.takeBack(id);
      } catch (error) {
        // What is refused for good will be next time, too: then nothing of ours is there.
        if (!(error instanceof ApiError) || error.retryable) {
          failed = true;
          continue;
        }
      }
      if (drawings.forget(id)) givenCount.remove();
    }
    setFailures((before) => (failed ? before + 1 : 0));
  }, [client, drawings, givenCount]);

  useEffect(() => {
    const refresh = (event: StorageEvent) => {
      if (event.key === STORAGE_KEYS.drawings) drawings.refresh();
    };
    void flush();
    window.addEventListener("online", flush);
    window.addEventListener("storage", refresh);
    return () => {
      window.removeEventListener("online", flush);
      window.removeEventListener("storage", refresh);
    };
  }, [drawings, flush]);

  useEffect(() => {
    if (!leaving || failures === 0) return;
    const timer = window.setTimeout(flush, delayOf(RETRY_DELAYS_MS, failures));
    return () => window.clearTimeout(timer);
  }, [leaving, failures, flush]);

  return (id) => {
    drawings.leave(id);
    void flush();
  };
}
