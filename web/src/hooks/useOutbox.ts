import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import type { FeedbackRecord } from "../api/client";
import { RETRY_DELAYS_MS, STORAGE_KEYS } from "../config";
import type { FeedbackQueue } from "../feedback/queue";

/** What came of the last try to send kept answers. */
interface OutboxReport {
  readonly saved: number;
  /** The API's sentences about answers that it will never take. */
  readonly refusals: readonly string[];
}

/** The queue of kept answers, as the page shows it. */
export interface Outbox {
  readonly pending: readonly FeedbackRecord[];
  readonly sending: boolean;
  readonly report: OutboxReport | undefined;
  /** Tries to send everything now. */
  readonly retry: () => void;
}

/**
 * Sends kept answers when the page opens, when the network returns, and after growing waits: a service that was down
 * comes back without the browser noticing.
 */
export function useOutbox(queue: FeedbackQueue): Outbox {
  const pending = useSyncExternalStore(
    useCallback((changed) => queue.subscribe(changed), [queue]),
    () => queue.pending,
  );
  const [sending, setSending] = useState(false);
  const [failures, setFailures] = useState(0);
  const [report, setReport] = useState<OutboxReport>();

  const retry = useCallback(async () => {
    queue.refresh();
    if (queue.pending.length === 0) return;
    setSending(true);
    try {
      const deliveries = [...(await queue.flush()).values()];
      const refusals = deliveries.flatMap((each) => (each.state === "refused" ? [each.reason] : []));
      const saved = deliveries.filter((each) => each.state === "saved").length;
      if (saved > 0 || refusals.length > 0) setReport({ saved, refusals });
      setFailures((before) => (queue.pending.length === 0 ? 0 : before + 1));
    } finally {
      setSending(false);
    }
  }, [queue]);

  useEffect(() => {
    const refresh = (event: StorageEvent) => {
      if (event.key === STORAGE_KEYS.feedback) queue.refresh();
    };
    void retry();
    // An answer that was held when the page was closed goes out once its time is up.
    const held = queue.heldUntil;
    const timer = held === undefined ? undefined : window.setTimeout(retry, held - Date.now() + 1);
    window.addEventListener("online", retry);
    window.addEventListener("storage", refresh);
    return () => {
      window.clearTimeout(timer);
      window.removeEventListener("online", retry);
      window.removeEventListener("storage", refresh);
    };
  }, [queue, retry]);

  const waiting = pending.length > 0 && !sending;
  useEffect(() => {
    if (!waiting) return;
    const delay = RETRY_DELAYS_MS[Math.min(failures, RETRY_DELAYS_MS.length - 1)];
    const timer = window.setTimeout(retry, delay);
    return () => window.clearTimeout(timer);
  }, [waiting, failures, retry]);

  return { pending, sending, report, retry };
}
