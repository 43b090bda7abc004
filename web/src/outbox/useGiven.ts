import { useCallback, useSyncExternalStore } from "react";
import type { GivenCount } from "./given";

/** How many drawings were given from this device. */
export function useGiven(givenCount: GivenCount): number {
  return useSyncExternalStore(
    useCallback((changed) => givenCount.subscribe(changed), [givenCount]),
    () => givenCount.count,
    () => givenCount.count,
  );
}
