import { useCallback, useEffect, useRef, useState } from "react";
import type { ApiClient } from "../api/client";
import { ApiError } from "../api/error";
import { Latest, OVERTAKEN } from "../api/latest";
import { pictureOf } from "../canvas/picture";
import { PREDICT_DELAY_MS, PREDICT_RETRY_DELAYS_MS } from "../config";
import { type Drawing, isBlank } from "../ink/drawing";
import { type Asked, type Recognition, recognitionOf } from "../recognition/recognition";

/**
 * Reads the drawing after each change of it, or at once when asked to. A change takes back the question about the drawing
 * before, so there is one request in flight at most; a failure that may pass is tried again after growing waits, and when the
 * network returns.
 */
export function useRecognition(
  client: ApiClient,
  drawing: Drawing,
  penDown: boolean,
): { readonly recognition: Recognition; readonly predict: () => void } {
  const [asked, setAsked] = useState<Asked>();
  const [latest] = useState(() => new Latest());
  const timer = useRef<number>(undefined);
  const failures = useRef(0);
  /** The drawing that was answered last: undo and redo may bring it back, and it needs no second request then. */
  const answered = useRef<Drawing>(undefined);

  const predict = useCallback(async () => {
    window.clearTimeout(timer.current);
    answered.current = undefined;
    setAsked({ drawing, result: { status: "waiting" } });
    try {
      const read = await latest.run(async (signal) => {
        const image = await pictureOf(drawing);
        return { image, answer: await client.predict(image, signal) };
      });
      if (read === OVERTAKEN) return;
      failures.current = 0;
      answered.current = drawing;
      setAsked({ drawing, result: { status: "answered", ...read } });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failures.current += 1;
      setAsked({
        drawing,
        result: { status: "failed", reason: error.message, retryable: error.retryable },
      });
    }
  }, [client, drawing, latest]);

  useEffect(() => {
    if (penDown || isBlank(drawing) || drawing === answered.current) return;
    failures.current = 0;
    timer.current = window.setTimeout(predict, PREDICT_DELAY_MS);
    return () => {
      window.clearTimeout(timer.current);
      latest.cancel();
    };
  }, [drawing, penDown, predict, latest]);

  const recognition = recognitionOf(drawing, penDown, asked);
  const mayPass = recognition.status === "failed" && recognition.retryable;
  useEffect(() => {
    if (!mayPass) return;
    const last = PREDICT_RETRY_DELAYS_MS.length - 1;
    const wait = PREDICT_RETRY_DELAYS_MS[Math.min(failures.current - 1, last)];
    const retry = window.setTimeout(predict, wait);
    window.addEventListener("online", predict);
    return () => {
      window.clearTimeout(retry);
      window.removeEventListener("online", predict);
    };
  }, [mayPass, predict]);

  return { recognition, predict };
}
