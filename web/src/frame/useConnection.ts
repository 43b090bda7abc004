import { useEffect, useState, useSyncExternalStore } from "react";
import type { ApiClient } from "../api/client";
import { ApiError } from "../api/error";
import { delayOf } from "../api/retries";
import { PREDICT_RETRY_DELAYS_MS } from "../config";

/**
 * Whether the API can be reached: `offline` the browser has no network, `unreachable` the API does not answer, `busy` it
 * has too many requests.
 */
export type Connection = "fine" | "offline" | "unreachable" | "busy";

/**
 * Wakes the API when the page opens, before the first stroke: asking for the model's card starts the function that predicts.
 * As long as it does not answer it is asked again.
 */
export function useConnection(client: ApiClient): Connection {
  const online = useSyncExternalStore(
    followNetwork,
    () => navigator.onLine,
    () => true,
  );
  const [reachability, setReachability] = useState<Exclude<Connection, "offline">>("fine");

  useEffect(() => {
    if (!online) return;
    const control = new AbortController();
    let timer: number | undefined;
    const wake = async (failures: number) => {
      try {
        await client.get("/model", control.signal);
        setReachability("fine");
      } catch (error) {
        if (control.signal.aborted) return;
        setReachability(error instanceof ApiError && error.kind === "busy" ? "busy" : "unreachable");
        timer = window.setTimeout(wake, delayOf(PREDICT_RETRY_DELAYS_MS, failures), failures + 1);
      }
    };
    void wake(0);
    return () => {
      control.abort();
      window.clearTimeout(timer);
    };
  }, [client, online]);

  return online ? reachability : "offline";
}

function followNetwork(changed: () => void): () => void {
  window.addEventListener("online", changed);
  window.addEventListener("offline", changed);
  return () => {
    window.removeEventListener("online", changed);
    window.removeEventListener("offline", changed);
  };
}
