import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import type { FeedbackRecord } from "../api/client";
import { delayOf } from "../api/retries";
import { RETRY_DELAYS_MS, STORAGE_KEYS } from "../config";
import type { FeedbackQueue, Refused, Standing } from "./queue";

/** The queue of kept answers, as the page shows it. */
export interface Outbox {
  readonly pending: readonly FeedbackRecord[];
  /** What the API has refused; it stays until a person has seen it and said what to do. */
  readonly refused: readonly Refused[];
  /** Whether what is kept outlives the page. */
  readonly lasting: boolean;
  readonly sending: boolean;
  /** How many of the kept answers the last try has saved. */
  readonly delivered: number;
  /** How the answer with this id stands. */
  readonly standingOf: (id: string) => Standing;
  /** Tries to send everything now. */
  readonly retry: () => void;
  /** Sends what was refused once more. */
  readonly resend: () => void;
  /** Gives up what was refused. */
  readonly discard: () => void;
}

/**
 * Sends kept answers when the page opens, when the network returns, and after growing waits: a service that was down
 * comes back without the browser noticing.
 */
export function useOutbox(queue: FeedbackQueue): Outbox {
  const pending = useSyncExternalStore(
    useCallback((changed) => queue.subscribe(changed), [queue]),
    () => queue.pending,
    () => queue.pending,
  );
  const refused = useSyncExternalStore(
    useCallback((changed) => queue.subscribe(changed), [queue]),
    () => queue.refused,
    () => queue.refused,
  );
  const [sending, setSending] = useState(false);
  const [failures, setFailures] = useState(0);
  const [delivered, setDelivered] = useState(0);

  const retry = useCallback(async () => {
    queue.refresh();
    if (queue.pending.length === 0) return;
    setSending(true);
    try {
      const deliveries = [...(await queue.flush()).values()];
      const saved = deliveries.filter((each) => each.state === "saved").length;
      if (saved > 0) setDelivered(saved);
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
    const heldUntil = queue.heldUntil;
    const timer = heldUntil === undefined ? undefined : window.setTimeout(retry, heldUntil - Date.now() + 1);
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
    const timer = window.setTimeout(retry, delayOf(RETRY_DELAYS_MS, failures));
    return () => window.clearTimeout(timer);
  }, [waiting, failures, retry]);

  return {
    pending,
    refused,
    lasting: queue.isLasting,
    sending,
    delivered,
    standingOf: (id) => queue.standingOf(id),
    retry,
    resend: () => {
      queue.reopen();
      void retry();
    },
    discard: () => {
      for (const { record } of refused) queue.withdraw(record.id);
    },
  };
}
