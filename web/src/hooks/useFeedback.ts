import { useState } from "react";
import type { FeedbackRecord, Label } from "../api/client";
import type { FeedbackQueue } from "../feedback/queue";
import type { Drawing } from "../ink/drawing";
import type { Recognition } from "../recognition/recognition";

/** How far the person's answer about one drawing has come. */
export type FeedbackStep =
  | { readonly state: "closed" }
  | { readonly state: "open" }
  | { readonly state: "choosing" }
  | { readonly state: "sending" }
  | { readonly state: "saved"; readonly label: Label }
  | { readonly state: "kept"; readonly label: Label; readonly id: string }
  | { readonly state: "refused"; readonly reason: string };

/** The person's answer about the drawing on the field. */
export interface Feedback {
  readonly step: FeedbackStep;
  /** Opens the choice of labels, or closes it again. */
  readonly toggleChoice: () => void;
  /** Says that the prediction is right. */
  readonly confirm: () => void;
  /** Says what the drawing is. */
  readonly give: (label: Label) => void;
}

/**
 * Takes one answer for each drawing. It belongs to the drawing rather than to the prediction, so that predicting the
 * same drawing again does not ask for it again.
 */
export function useFeedback(
  queue: FeedbackQueue,
  pending: readonly FeedbackRecord[],
  drawing: Drawing,
  recognition: Recognition,
): Feedback {
  const [taken, setTaken] = useState<{ readonly drawing: Drawing; readonly step: FeedbackStep }>();

  const step = stepOf(taken?.drawing === drawing ? taken.step : { state: "open" }, recognition, pending);

  const give = async (label: Label) => {
    const asking = step.state === "open" || step.state === "choosing" || step.state === "refused";
    if (!asking || recognition.status !== "answered") return;
    const record = recordOf(recognition, label);
    setTaken({ drawing, step: { state: "sending" } });
    const delivery = await queue.submit(record);
    const next: FeedbackStep =
      delivery.state === "refused" ? delivery : { state: delivery.state, label, id: record.id };
    // Whoever draws on before the answer is there has opened a new question, which must stay as it is.
    setTaken((now) => (now?.drawing === drawing ? { drawing, step: next } : now));
  };

  const confirm = () => {
    if (recognition.status === "answered") void give(recognition.answer.digit);
  };

  const toggleChoice = () =>
    setTaken({ drawing, step: { state: step.state === "choosing" ? "open" : "choosing" } });

  return { step, toggleChoice, confirm, give };
}

function stepOf(
  step: FeedbackStep,
  { status }: Recognition,
  pending: readonly FeedbackRecord[],
): FeedbackStep {
  const asking = step.state === "open" || step.state === "choosing" || step.state === "refused";
  if (asking && status !== "answered") return { state: "closed" };
  // A kept answer that has left the queue was sent meanwhile.
  if (step.state === "kept" && !pending.some(({ id }) => id === step.id)) {
    return { state: "saved", label: step.label };
  }
  return step;
}

function recordOf(
  { answer, image }: Extract<Recognition, { status: "answered" }>,
  label: Label,
): FeedbackRecord {
  return {
    id: answer.id,
    image,
    label,
    prediction: answer.digit,
    confidence: answer.confidence,
    ...(answer.modelVersion === undefined ? {} : { model_version: answer.modelVersion }),
    source: label === answer.digit ? "confirmed" : "corrected",
  };
}
