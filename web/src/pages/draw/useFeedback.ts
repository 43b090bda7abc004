import { useCallback, useEffect, useReducer } from "react";
import { pictureOf } from "../../canvas/picture";
import type { Drawing } from "../../ink/drawing";
import type { Label } from "../../label";
import type { FeedbackQueue } from "../../outbox/queue";
import { judgedRecord, unreadRecord } from "../../outbox/record";
import { useHold } from "../../outbox/useHold";
import type { Outbox } from "../../outbox/useOutbox";
import type { Recognition } from "./recognition";

/** How far the person's answer about one drawing has come. */
export type FeedbackStep =
  | { readonly state: "closed" }
  | { readonly state: "open" }
  | { readonly state: "choosing" }
  /** Given, and not sent yet: it can be taken back. */
  | { readonly state: "held"; readonly label: Label }
  | { readonly state: "sending"; readonly label: Label }
  | { readonly state: "saved"; readonly label: Label; readonly id: string }
  | { readonly state: "kept"; readonly label: Label; readonly id: string }
  | { readonly state: "refused"; readonly label: Label; readonly id: string; readonly reason: string };

/** The person's answer about the drawing on the field. */
export interface Feedback {
  readonly step: FeedbackStep;
  /** Whether an answer can be given now. */
  readonly asking: boolean;
  /** Opens the choice of labels, or closes it again. */
  readonly toggleChoice: () => void;
  /** Says that the prediction is right; absent where there is none, or it was judged. */
  readonly confirm: (() => void) | undefined;
  /** Whether the drawing is a photo, of which only the digit is kept. */
  readonly ofPhoto: boolean;
  /** Which of the words beside the buttons is true. */
  readonly hint: "invite" | "early" | "soon" | "unread" | "unusable" | "several";
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
  outbox: Outbox,
  steps: Steps,
  drawing: Drawing,
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

  const kept = recognition.status === "answered" ? keptPicture(drawing, recognition) : undefined;
  const canBeNamed = kept !== undefined || canBeNamedUnread(recognition, drawing);
  const step = stepOf(steps.get(drawing) ?? { state: "open" }, canBeNamed, outbox);
  const asking = isAsked(step);

  // Whoever draws on has made up their mind.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the change of the drawing that counts
  useEffect(() => () => hold.commit(), [hold, drawing]);

  const give = async (label: Label) => {
    if (!asking) return;
    take(drawing, { state: "held", label });
    const record =
      recognition.status === "answered" && kept !== undefined
        ? judgedRecord(kept, label, recognition.answer)
        : unreadRecord(await pictureOf(drawing), label);
    hold.give(
      record,
      () => take(drawing, { state: "sending", label }),
      (delivery) =>
        take(drawing, delivery.state === "gone" ? { state: "open" } : { ...delivery, label, id: record.id }),
    );
  };

  const read =
    asking && kept !== undefined && recognition.status === "answered" && !recognition.answer.number
      ? recognition.answer.digit
      : undefined;
  const confirm = read === undefined ? undefined : () => void give(read);

  const toggleChoice = () => take(drawing, { state: step.state === "choosing" ? "open" : "choosing" });

  const takeBack = () => {
    if (!hold.takeBack()) return false;
    take(drawing, { state: "open" });
    return true;
  };

  return {
    step,
    asking,
    toggleChoice,
    confirm,
    ofPhoto: drawing.picture !== undefined,
    hint: hintOf(recognition, canBeNamed),
    give: (label) => void give(label),
    takeBack,
  };
}

/** Where nothing could be asked, a person can say all the same what a drawing is; but a photo is not kept whole. */
function canBeNamedUnread(recognition: Recognition, { picture }: Drawing): boolean {
  return recognition.status === "failed" && recognition.retryable && picture === undefined;
}

/** What goes onto the store of what was read: strokes as they are, and of a photo the digit, as the model saw it, or nothing. */
function keptPicture({ picture }: Drawing, { image, answer }: Answered): string | undefined {
  return picture ? answer.input : image;
}

type Answered = Extract<Recognition, { status: "answered" }>;

function hintOf(recognition: Recognition, canBeNamed: boolean): Feedback["hint"] {
  switch (recognition.status) {
    case "empty":
      return "early";
    case "failed":
      return canBeNamed ? "unread" : "unusable";
    case "answered":
      return recognition.answer.number ? "several" : "invite";
    default:
      return "soon";
  }
}

function isAsked({ state }: FeedbackStep): boolean {
  return state === "open" || state === "choosing" || state === "refused";
}

function stepOf(told: FeedbackStep, canBeNamed: boolean, outbox: Outbox): FeedbackStep {
  const step = currentOf(told, outbox);
  return isAsked(step) && !canBeNamed ? { state: "closed" } : step;
}

/** What has become meanwhile of an answer that was kept or refused. */
function currentOf(step: FeedbackStep, { standingOf, refused }: Outbox): FeedbackStep {
  if (step.state !== "kept" && step.state !== "refused") return step;
  const { label, id } = step;
  switch (standingOf(id)) {
    case "waiting":
      return { state: "kept", label, id };
    case "refused": {
      const reason = refused.find(({ record }) => record.id === id)?.reason ?? "";
      return { state: "refused", label, id, reason };
    }
    case "saved":
      return { state: "saved", label, id };
    case "gone":
      return { state: "open" };
  }
}
