import type { Answer } from "../../api/client";
import type { Drawing } from "../../ink/drawing";
import type { Digit, Label } from "../../label";
import type { FeedbackQueue } from "../../outbox/queue";
import type { Outbox } from "../../outbox/useOutbox";
import type { Recognition } from "./recognition";
import { type FeedbackStep, isAsked, isGiven, partOf, type Said, type Steps, together } from "./steps";
import { canBeNamedUnread, type Subject, subjectsOf } from "./subjects";
import { useGiving } from "./useGiving";

/** The person's answer about the drawing on the field. */
export interface Feedback {
  readonly step: FeedbackStep;
  /** What the answer is about. */
  readonly about: About;
  /** Whether an answer can be given now. */
  readonly asking: boolean;
  /** Opens the choice of labels, or closes it again. */
  readonly toggleChoice: () => void;
  /** Says that the prediction is right, of a number that all of it is that nothing was said about; absent where it can't be. */
  readonly confirm: (() => void) | undefined;
  /** Whether the drawing is a photo, of which only the digit is kept. */
  readonly ofPhoto: boolean;
  /** Which of the words beside the buttons is true. */
  readonly hint: "invite" | "early" | "soon" | "unread" | "unusable" | "several" | "joined";
  /** Says what the drawing, or the digit that is looked at, is. */
  readonly give: (label: Label) => void;
  /** Takes back an answer that is held; false when there is none. */
  readonly takeBack: () => boolean;
  /** What each digit of a number was said to be; in the order of reading. */
  readonly said: readonly (Said | undefined)[];
  /** Whether nothing was said of the drawing yet, so that it may still be one digit instead of several. */
  readonly isUntold: boolean;
}

/** A drawing of one digit; a digit of several, counted from 0; or all of those, some of them judged already. */
export type About =
  | { readonly kind: "drawing" }
  | { readonly kind: "digit"; readonly nth: number; readonly digit: Digit }
  | { readonly kind: "number"; readonly begun: boolean };

interface Asked {
  readonly queue: FeedbackQueue;
  readonly outbox: Outbox;
  readonly steps: Steps;
  readonly drawing: Drawing;
  readonly recognition: Recognition;
  /** Which digit of a number is looked at, counted from 0. */
  readonly nth: number | undefined;
}

/**
 * Takes one answer for each drawing, or for each digit of a number. It belongs to the drawing rather than to the prediction, so
 * that predicting the same drawing again does not ask for it again.
 */
export function useFeedback({ queue, outbox, steps, drawing, recognition, nth }: Asked): Feedback {
  const { take, give, takeBack } = useGiving(queue, steps, drawing);
  const stepOf = ({ part }: Subject): FeedbackStep => {
    const step = currentOf(steps.of(drawing, part), outbox);
    return isAsked(step) && steps.isGivenOtherwise(drawing, part) ? { state: "closed" } : step;
  };
  const subjects = subjectsOf(drawing, recognition, nth);
  const [only] = subjects.length === 1 ? subjects : [];
  const open = subjects.filter((each) => isAsked(stepOf(each)));
  const read = open.flatMap((each) => (each.read ? [[each, each.read.digit] as const] : []));
  const answer = recognition.status === "answered" ? recognition.answer : undefined;
  return {
    step: together(subjects.map(stepOf)),
    about: aboutOf(answer, nth, open.length < subjects.length),
    asking: open.length > 0,
    toggleChoice: () => {
      if (only) take(only.part, { state: stepOf(only).state === "choosing" ? "open" : "choosing" });
    },
    confirm: read.length > 0 ? () => give(read) : undefined,
    ofPhoto: drawing.picture !== undefined,
    hint: hintOf(recognition, nth, canBeNamedUnread(recognition, drawing)),
    give: (label) => {
      if (only && open.length > 0) give([[only, label]]);
    },
    takeBack,
    said: (answer?.digits ?? []).map((digit) => saidIn(steps.of(drawing, partOf(digit)))),
    isUntold: !steps.isGiven(drawing),
  };
}

function aboutOf(answer: Answer | undefined, nth: number | undefined, begun: boolean): About {
  if (!answer?.number) return { kind: "drawing" };
  const digit = nth === undefined ? undefined : answer.digits[nth];
  return nth === undefined || !digit ? { kind: "number", begun } : { kind: "digit", nth, digit: digit.digit };
}

function saidIn(step: FeedbackStep): Said | undefined {
  return "label" in step && isGiven(step) ? step.label : undefined;
}

function hintOf(recognition: Recognition, nth: number | undefined, canBeNamed: boolean): Feedback["hint"] {
  switch (recognition.status) {
    case "empty":
      return "early";
    case "failed":
      return canBeNamed ? "unread" : "unusable";
    case "answered":
      if (recognition.answer.number) return nth === undefined ? "several" : "invite";
      return recognition.count === "several" ? "joined" : "invite";
    default:
      return "soon";
  }
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
