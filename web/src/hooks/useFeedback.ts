import { useCallback, useEffect, useReducer } from "react";
import type { FeedbackRecord, Label } from "../api/client";
import type { FeedbackQueue } from "../feedback/queue";
import type { Drawing } from "../ink/drawing";
import type { Recognition } from "../recognition/recognition";
import { useHold } from "./useHold";

/** How far the person's answer about one drawing has come. */
export type FeedbackStep =
  | { readonly state: "closed" }
  | { readonly state: "open" }
  | { readonly state: "choosing" }
  /** Given, and not sent yet: it can be taken back. */
  | { readonly state: "held"; readonly label: Label }
  | { readonly state: "sending"; readonly label: Label }
  | { readonly state: "saved"; readonly label: Label }
  | { readonly state: "kept"; readonly label: Label; readonly id: string }
  | { readonly state: "refused"; readonly reason: string };

/** The person's answer about the drawing on the field. */
export interface Feedback {
  readonly step: FeedbackStep;
  /** Whether an answer can be given now. */
  readonly asking: boolean;
  /** Opens the choice of labels, or closes it again. */
  readonly toggleChoice: () => void;
  /** Says that the prediction is right. */
  readonly confirm: () => void;
  /** Says what the drawing is. */
  readonly give: (label: Label) => void;
  /** Takes back an answer that is held; false when there is none. */
  readonly takeBack: () => boolean;
}

/** The steps of all drawings of this visit: a drawing that undo brings back was answered already. */
export type Steps = WeakMap<Drawing, FeedbackStep>;

/** Whether the person has said what the drawing is, and did not take it back. */
export function isGiven(step: FeedbackStep | undefined): boolean {
  const state = step?.state;
  return state === "held" || state === "sending" || state === "saved" || state === "kept";
}

/**
 * Takes one answer for each drawing. It belongs to the drawing rather than to the prediction, so that predicting the
 * same drawing again does not ask for it again.
 */
export function useFeedback(
  queue: FeedbackQueue,
  pending: readonly FeedbackRecord[],
  steps: Steps,
  drawing: Drawing,
  penDown: boolean,
  recognition: Recognition,
): Feedback {
  const [, refresh] = useReducer((count: number) => count + 1, 0);
  const hold = useHold(queue);
  const take = useCallback(
    (about: Drawing, step: FeedbackStep) => {
      steps.set(about, step);
      refresh();
    },
    [steps],
  );

  const step = stepOf(steps.get(drawing) ?? { state: "open" }, recognition, pending);
  const asking = step.state === "open" || step.state === "choosing" || step.state === "refused";

  // Whoever draws on has made up their mind.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the change of the drawing that counts
  useEffect(() => () => hold.commit(), [hold, drawing]);
  useEffect(() => {
    if (penDown) hold.commit();
  }, [hold, penDown]);

  const give = (label: Label) => {
    if (!asking || recognition.status !== "answered") return;
    const record = recordOf(recognition, label);
    hold.give(
      record,
      () => take(drawing, { state: "sending", label }),
      (delivery) =>
        take(
          drawing,
          delivery.state === "refused" ? delivery : { state: delivery.state, label, id: record.id },
        ),
    );
    take(drawing, { state: "held", label });
  };

  const confirm = () => {
    if (recognition.status === "answered") give(recognition.answer.digit);
  };

  const toggleChoice = () => take(drawing, { state: step.state === "choosing" ? "open" : "choosing" });

  const takeBack = () => {
    if (!hold.takeBack()) return false;
    take(drawing, { state: "open" });
    return true;
  };

  return { step, asking, toggleChoice, confirm, give, takeBack };
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
