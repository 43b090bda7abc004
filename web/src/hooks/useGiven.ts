import { useCallback, useSyncExternalStore } from "react";
import type { GivenCount } from "../feedback/given";

/** How many drawings were given from this device. */
export function useGiven(given: GivenCount): number {
  return useSyncExternalStore(
    useCallback((changed) => given.subscribe(changed), [given]),
    () => given.count,
  );
}
