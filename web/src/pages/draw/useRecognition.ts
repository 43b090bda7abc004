import { useCallback, useEffect, useRef, useState } from "react";
import type { ApiClient, Count } from "../../api/client";
import { ApiError } from "../../api/error";
import { Latest, OVERTAKEN } from "../../api/latest";
import { delayOf } from "../../api/retries";
import { pictureOf } from "../../canvas/picture";
import { PREDICT_DELAY_MS, PREDICT_RETRY_DELAYS_MS } from "../../config";
import { type Drawing, isBlank } from "../../ink/drawing";
import type { Glimpses } from "./glimpses";
import { type Question, type Recognition, recognitionOf } from "./recognition";

/**
 * Reads the drawing after each change of it, or at once when asked to, or when a person says how many digits it is. A change
 * takes back the question about the drawing before, so there is one request in flight at most; a failure that may pass is tried
 * again after growing waits, and when the network returns.
 */
export function useRecognition(
  client: ApiClient,
  drawing: Drawing,
  penDown: boolean,
  glimpses: Glimpses,
): {
  readonly recognition: Recognition;
  readonly predict: () => void;
  /** Reads it as so many digits, from now on. */
  readonly readAs: (count: Count) => void;
} {
  const [question, setQuestion] = useState<Question>();
  const [counts] = useState(() => new WeakMap<Drawing, Count>());
  const [latest] = useState(() => new Latest());
  const timer = useRef<number>(undefined);
  const failures = useRef(0);
  /** The drawing that was answered last: undo and redo may bring it back, and it needs no second request then. */
  const answeredDrawing = useRef<Drawing>(undefined);

  const ask = useCallback(async () => {
    window.clearTimeout(timer.current);
    answeredDrawing.current = undefined;
    const count = counts.get(drawing);
    try {
      const reading = await latest.run(async (signal) => {
        const image = await pictureOf(drawing);
        const since = performance.now();
        const answer = await client.predict(image, signal, count);
        glimpses.took(performance.now() - since);
        return { image, answer };
      });
      if (reading === OVERTAKEN) return;
      failures.current = 0;
      answeredDrawing.current = drawing;
      setQuestion({ drawing, result: { status: "answered", ...reading, count } });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failures.current += 1;
      setQuestion({
        drawing,
        result: { status: "failed", reason: error.message, retryable: error.retryable },
      });
    }
  }, [client, drawing, latest, glimpses, counts]);

  const predict = useCallback(() => {
    setQuestion({ drawing, result: { status: "waiting" } });
    return ask();
  }, [ask, drawing]);

  const readAs = (count: Count) => {
    counts.set(drawing, count);
    void predict();
  };

  // The stroke's own answer is the one that counts.
  useEffect(() => {
    if (!penDown) glimpses.end();
  }, [penDown, glimpses]);

  useEffect(() => {
    if (penDown || isBlank(drawing) || drawing === answeredDrawing.current) return;
    failures.current = 0;
    timer.current = window.setTimeout(predict, PREDICT_DELAY_MS);
    return () => {
      window.clearTimeout(timer.current);
      latest.cancel();
    };
  }, [drawing, penDown, predict, latest]);

  const recognition = recognitionOf(drawing, penDown, question);
  const failure = recognition.status === "failed" && recognition.retryable ? recognition : undefined;
  useEffect(() => {
    if (!failure) return;
    // By itself it is asked behind what failed: a person may be saying what it is.
    const retry = window.setTimeout(ask, delayOf(PREDICT_RETRY_DELAYS_MS, failures.current - 1));
    window.addEventListener("online", ask);
    return () => {
      window.clearTimeout(retry);
      window.removeEventListener("online", ask);
    };
  }, [failure, ask]);

  return { recognition, predict, readAs };
}
