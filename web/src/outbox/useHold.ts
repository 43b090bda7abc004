import { useEffect, useState } from "react";
import { UNDO_MS } from "../config";
import { Hold } from "./hold";
import type { FeedbackQueue } from "./queue";

/** Holds answers for a few seconds, but not longer than the page is looked at. */
export function useHold(queue: FeedbackQueue): Hold {
  const [hold] = useState(() => new Hold(queue, UNDO_MS));
  useEffect(() => {
    const leave = () => {
      if (document.visibilityState === "hidden") hold.commit();
    };
    document.addEventListener("visibilitychange", leave);
    return () => {
      document.removeEventListener("visibilitychange", leave);
      hold.commit();
    };
  }, [hold]);
  return hold;
}
