import type { Answer, Count } from "../../api/client";
import { type Drawing, isBlank } from "../../ink/drawing";

/** What the page knows about the drawing on the field. */
export type Recognition =
  | { readonly status: "empty" }
  | { readonly status: "drawing" }
  | { readonly status: "waiting" }
  | {
      readonly status: "answered";
      readonly answer: Answer;
      readonly image: string;
      /** How many digits the person has said that there are. */
      readonly count?: Count | undefined;
    }
  | { readonly status: "failed"; readonly reason: string; readonly retryable: boolean };

/** A question about a drawing, and what came of it so far. */
export interface Question {
  readonly drawing: Drawing;
  readonly result: Extract<Recognition, { status: "waiting" | "answered" | "failed" }>;
}

/**
 * What to show for a drawing. What was asked about another drawing says nothing about this one, so a result can
 * never show beside ink that it does not belong to.
 */
export function recognitionOf(
  drawing: Drawing,
  penDown: boolean,
  question: Question | undefined,
): Recognition {
  if (penDown) return { status: "drawing" };
  if (isBlank(drawing)) return { status: "empty" };
  return question?.drawing === drawing ? question.result : { status: "drawing" };
}
