import { useCallback, useState } from "react";
import type { Answer, ApiClient, FeedbackRecord } from "../../api/client";
import { ApiError } from "../../api/error";
import { pictureOf } from "../../canvas/picture";
import { ROUND, TRAINING_PATIENCE_MS } from "../../config";
import type { Drawing } from "../../ink/drawing";
import type { Digit } from "../../label";
import type { FeedbackQueue } from "../../outbox/queue";
import { trainingRecord } from "../../outbox/record";
import { useHold } from "../../outbox/useHold";
import { isDoubtful, nextDigit, type TrainingDrawing } from "./round";

/** A round of training, and what can be done in it. */
export interface Training {
  /** The digit that is asked for. */
  readonly prompt: Digit;
  readonly drawings: readonly TrainingDrawing[];
  readonly saving: boolean;
  /** A drawing that looks like another digit than was asked for; nothing of it is sent until the person says so. */
  readonly doubted: TrainingDrawing | undefined;
  /** Saves what is doubted as what was asked for. */
  readonly keep: () => void;
  /** Forgets what is doubted. */
  readonly dismiss: () => void;
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
  const [prompt, setPrompt] = useState<Digit>(() => nextDigit(counts, [], undefined));
  const [drawings, setDrawings] = useState<readonly TrainingDrawing[]>([]);
  const [saving, setSaving] = useState(false);
  const [heldId, setHeldId] = useState<string>();
  const [doubt, setDoubt] = useState<{
    readonly record: FeedbackRecord;
    readonly drawing: TrainingDrawing;
  }>();

  const submit = (record: FeedbackRecord, drawing: TrainingDrawing) => {
    // What becomes of it is the outbox's to tell.
    hold.give({
      record,
      sending: () => setHeldId((now) => (now === record.id ? undefined : now)),
      delivered: () => undefined,
    });
    const nextDrawings = [...drawings, drawing];
    setHeldId(record.id);
    // The round is over: nobody takes anything back any more.
    if (nextDrawings.length >= ROUND) hold.commit();
    setDrawings(nextDrawings);
    setPrompt(nextDigit(counts, nextDrawings, prompt));
  };

  const save = async (drawing: Drawing) => {
    setSaving(true);
    try {
      const image = await pictureOf(drawing);
      const answer = await answerTo(client, image);
      const record = trainingRecord(image, prompt, answer);
      const named = { id: record.id, label: prompt, image: answer?.input ?? image, answer };
      if (isDoubtful(prompt, answer)) setDoubt({ record, drawing: named });
      else submit(record, named);
    } finally {
      setSaving(false);
    }
  };

  const restart = useCallback(() => {
    setDrawings([]);
    setPrompt((last) => nextDigit(counts, [], last));
  }, [counts]);

  return {
    prompt,
    drawings,
    saving,
    doubted: doubt?.drawing,
    keep: () => {
      if (doubt) submit(doubt.record, doubt.drawing);
      setDoubt(undefined);
    },
    dismiss: () => setDoubt(undefined),
    canTakeBack: heldId !== undefined && heldId === drawings.at(-1)?.id,
    save,
    skip: () => {
      setDoubt(undefined);
      setPrompt(nextDigit(counts, drawings, prompt));
    },
    takeBack: () => {
      const last = drawings.at(-1);
      if (!last || !hold.takeBack()) return;
      setHeldId(undefined);
      setDrawings(drawings.slice(0, -1));
      setPrompt(last.label);
    },
    restart,
  };
}

/** What the model says, or nothing when it can't be asked: the drawing counts without. */
async function answerTo(client: ApiClient, image: string): Promise<Answer | undefined> {
  try {
    return await client.predict(image, AbortSignal.timeout(TRAINING_PATIENCE_MS), 1);
  } catch (error) {
    if (error instanceof ApiError || (error instanceof DOMException && error.name === "TimeoutError")) return;
    throw error;
  }
}
