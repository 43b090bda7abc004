import { useCallback, useEffect, useState } from "react";
import type { ApiClient } from "../api/client";
import { ApiError } from "../api/error";

/** Something that is read from the API. What was read before stays while it is read again. */
export type Resource<T> =
  | { readonly state: "loading" }
  | { readonly state: "ready"; readonly value: T }
  | { readonly state: "failed"; readonly reason: string; readonly status: number | undefined };

/** Reads from a route when a component appears, when asked to, and when the network returns after a failure. */
export function useResource<T>(
  client: ApiClient,
  path: string,
  parse: (body: unknown) => T,
): readonly [Resource<T>, () => void] {
  const [resource, setResource] = useState<Resource<T>>({ state: "loading" });
  const [tries, setTries] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each try reads again
  useEffect(() => {
    const control = new AbortController();
    client.get(path, control.signal).then(
      (body) => setResource({ state: "ready", value: parse(body) }),
      (error: unknown) => {
        if (control.signal.aborted) return;
        if (!(error instanceof ApiError)) throw error;
        setResource({ state: "failed", reason: error.message, status: error.status });
      },
    );
    return () => control.abort();
  }, [client, path, parse, tries]);

  const reload = useCallback(() => {
    setResource((now) => (now.state === "failed" ? { state: "loading" } : now));
    setTries((before) => before + 1);
  }, []);

  const failed = resource.state === "failed";
  useEffect(() => {
    if (!failed) return;
    window.addEventListener("online", reload);
    return () => window.removeEventListener("online", reload);
  }, [failed, reload]);

  return [resource, reload];
}
