import type { DigitOfNumber } from "../../api/client";
import type { Drawing } from "../../ink/drawing";
import type { Digit } from "../../label";

/** What a drawing was said to be: a label, or the labels of several digits in a row. */
export type Said = Digit | string;

/** How far the person's answer has come. */
export type FeedbackStep =
  | { readonly state: "closed" }
  | { readonly state: "open" }
  | { readonly state: "choosing" }
  /** Given, and not sent yet: it can be taken back. */
  | { readonly state: "held"; readonly label: Said }
  | { readonly state: "sending"; readonly label: Said }
  | { readonly state: "saved"; readonly label: Said; readonly id: string }
  | { readonly state: "kept"; readonly label: Said; readonly id: string }
  | { readonly state: "refused"; readonly label: Said; readonly id: string; readonly reason: string };

/** What of a drawing an answer is about: all of it, or the digit in one place. */
export type Part = "whole" | `at ${string}`;

/** A digit of several by its place, so that reading the same drawing again does not ask for it again. */
export function partOf({ box }: DigitOfNumber): Part {
  return `at ${box.join()}`;
}

/** The steps of all drawings of this visit: a drawing that undo brings back was answered already. */
export class Steps {
  readonly #steps = new WeakMap<Drawing, Map<Part, FeedbackStep>>();

  of(drawing: Drawing, part: Part): FeedbackStep {
    return this.#steps.get(drawing)?.get(part) ?? { state: "open" };
  }

  set(drawing: Drawing, part: Part, step: FeedbackStep): void {
    const parts = this.#steps.get(drawing) ?? new Map<Part, FeedbackStep>();
    this.#steps.set(drawing, parts.set(part, step));
  }

  /** Whether the person has said what the drawing, or a digit of it, is and did not take it back. */
  isGiven(drawing: Drawing): boolean {
    return [...(this.#steps.get(drawing)?.values() ?? [])].some(isGiven);
  }

  /** Whether the drawing was answered as one digit where it is asked about as several, or the other way round. */
  isGivenOtherwise(drawing: Drawing, part: Part): boolean {
    const whole = isGiven(this.of(drawing, "whole"));
    return part === "whole" ? !whole && this.isGiven(drawing) : whole;
  }
}

/** Whether an answer was given and not taken back. */
export function isGiven({ state }: FeedbackStep): boolean {
  return state === "held" || state === "sending" || state === "saved" || state === "kept";
}

/** Whether an answer can be given. */
export function isAsked({ state }: FeedbackStep): boolean {
  return state === "open" || state === "choosing" || state === "refused";
}

/** From what is to be told first to what can wait. */
const URGENCY = ["refused", "held", "sending", "kept", "saved"] as const;

/**
 * How far the answer about several digits has come: what is most urgent of them. It is open as long as it is of one of them,
 * but for a refusal and for what can be taken back.
 */
export function together(steps: readonly FeedbackStep[]): FeedbackStep {
  const [only] = steps;
  if (only && steps.length === 1) return only;
  const first = URGENCY.map((state) => steps.find((step) => step.state === state)).find((step) => step);
  if (!first || !("label" in first)) return { state: steps.length > 0 ? "open" : "closed" };
  const label = steps.flatMap((step) => ("label" in step && step.state !== "refused" ? [step.label] : []));
  if (first.state === "refused") return first;
  if (first.state === "saved" && steps.some(isAsked)) return { state: "open" };
  return { ...first, label: label.join(label.includes("NaN") ? ", " : "") };
}
