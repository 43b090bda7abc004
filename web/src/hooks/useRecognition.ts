import { useCallback, useEffect, useRef, useState } from "react";
import type { ApiClient } from "../api/client";
import { ApiError } from "../api/error";
import { Latest, OVERTAKEN } from "../api/latest";
import { pictureOf } from "../canvas/picture";
import { PREDICT_DELAY_MS } from "../config";
import { type Drawing, isBlank } from "../ink/drawing";
import { type Asked, type Recognition, recognitionOf } from "../recognition/recognition";

/**
 * Reads the drawing shortly after each change of it, or at once when asked to. A change takes back the question
 * about the drawing before; a failure is tried again when the network returns.
 */
export function useRecognition(
  client: ApiClient,
  drawing: Drawing,
  penDown: boolean,
): { readonly recognition: Recognition; readonly predict: () => void } {
  const [asked, setAsked] = useState<Asked>();
  const [latest] = useState(() => new Latest());
  const timer = useRef<number>(undefined);

  const predict = useCallback(async () => {
    window.clearTimeout(timer.current);
    setAsked({ drawing, result: { status: "waiting" } });
    const image = pictureOf(drawing);
    try {
      const answer = await latest.run((signal) => client.predict(image, signal));
      if (answer === OVERTAKEN) return;
      setAsked({ drawing, result: { status: "answered", answer, image } });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setAsked({
        drawing,
        result: { status: "failed", reason: error.message, retryable: error.retryable },
      });
    }
  }, [client, drawing, latest]);

  useEffect(() => {
    if (penDown || isBlank(drawing)) return;
    timer.current = window.setTimeout(predict, PREDICT_DELAY_MS);
    return () => {
      window.clearTimeout(timer.current);
      latest.cancel();
    };
  }, [drawing, penDown, predict, latest]);

  const recognition = recognitionOf(drawing, penDown, asked);
  const waitsForNetwork = recognition.status === "failed" && recognition.retryable;
  useEffect(() => {
    if (!waitsForNetwork) return;
    window.addEventListener("online", predict);
    return () => window.removeEventListener("online", predict);
  }, [waitsForNetwork, predict]);

  return { recognition, predict };
}
