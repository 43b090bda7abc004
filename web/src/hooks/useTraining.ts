import { useCallback, useState } from "react";
import type { Answer, ApiClient, Digit, FeedbackRecord } from "../api/client";
import { ApiError } from "../api/error";
import { pictureOf } from "../canvas/picture";
import { TRAINING_PATIENCE_MS } from "../config";
import type { FeedbackQueue } from "../feedback/queue";
import { uuid7 } from "../feedback/uuid7";
import type { Drawing } from "../ink/drawing";
import { nextDigit, type Trained } from "../training/round";
import { useHold } from "./useHold";

/** A round of training, and what can be done in it. */
export interface Training {
  readonly asked: Digit;
  readonly done: readonly Trained[];
  readonly saving: boolean;
  /** Why the API refused the last drawing. */
  readonly refusal: string | undefined;
  /** Whether the last drawing can still be taken back. */
  readonly canTakeBack: boolean;
  /** Saves a drawing of the digit that is asked for. */
  readonly save: (drawing: Drawing) => Promise<void>;
  readonly skip: () => void;
  readonly takeBack: () => void;
  readonly restart: () => void;
}

/**
 * Asks for one digit after the other and saves each drawing as a labelled row.
 *
 * @param counts - how many rows there are of each digit
 */
export function useTraining(client: ApiClient, queue: FeedbackQueue, counts: readonly number[]): Training {
  const hold = useHold(queue);
  const [asked, setAsked] = useState<Digit>(() => nextDigit(counts, [], undefined));
  const [done, setDone] = useState<readonly Trained[]>([]);
  const [saving, setSaving] = useState(false);
  const [held, setHeld] = useState<string>();
  const [refusal, setRefusal] = useState<string>();

  const save = async (drawing: Drawing) => {
    setSaving(true);
    setRefusal(undefined);
    try {
      const image = await pictureOf(drawing);
      const answer = await asking(client, image);
      const record = recordOf(image, asked, answer);
      hold.give(
        record,
        () => setHeld((now) => (now === record.id ? undefined : now)),
        (delivery) => {
          if (delivery.state === "refused") setRefusal(delivery.reason);
        },
      );
      const all = [...done, { id: record.id, label: asked, image: answer?.seen ?? image, answer }];
      setHeld(record.id);
      setDone(all);
      setAsked(nextDigit(counts, all, asked));
    } finally {
      setSaving(false);
    }
  };

  const restart = useCallback(() => {
    hold.commit();
    setDone([]);
    setAsked((last) => nextDigit(counts, [], last));
  }, [hold, counts]);

  return {
    asked,
    done,
    saving,
    refusal,
    canTakeBack: held !== undefined && held === done.at(-1)?.id,
    save,
    skip: () => setAsked(nextDigit(counts, done, asked)),
    takeBack: () => {
      const last = done.at(-1);
      if (!last || !hold.takeBack()) return;
      setHeld(undefined);
      setDone(done.slice(0, -1));
      setAsked(last.label);
    },
    restart,
  };
}

/** What the model says, or nothing when it can't be asked: the drawing counts without. */
async function asking(client: ApiClient, image: string): Promise<Answer | undefined> {
  try {
    return await client.predict(image, AbortSignal.timeout(TRAINING_PATIENCE_MS));
  } catch (error) {
    if (error instanceof ApiError || (error instanceof DOMException && error.name === "TimeoutError")) return;
    throw error;
  }
}

function recordOf(image: string, label: Digit, answer: Answer | undefined): FeedbackRecord {
  return {
    id: answer?.id ?? uuid7(),
    image,
    label,
    ...(answer && { prediction: answer.digit, confidence: answer.confidence }),
    ...(answer?.modelVersion !== undefined && { model_version: answer.modelVersion }),
    source: "training",
  };
}
