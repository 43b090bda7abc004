import type { Answer, FeedbackRecord } from "../api/client";
import { uuid7 } from "../api/uuid7";
import type { Digit, Label } from "../label";

/** The record of a drawing whose answer a person has judged. */
export function judgedRecord(image: string, label: Label, answer: Answer): FeedbackRecord {
  return recordOf(image, label, answer, label === answer.digit ? "confirmed" : "corrected");
}

/** The record of a drawing that nobody has read and a person has named: what could be corrected is not known. */
export function unreadRecord(image: string, label: Label): FeedbackRecord {
  return recordOf(image, label, undefined, "corrected");
}

/** The record of a drawing that was asked for; without an answer where the model could not be asked. */
export function trainingRecord(image: string, label: Digit, answer: Answer | undefined): FeedbackRecord {
  return recordOf(image, label, answer, "training");
}

function recordOf(
  image: string,
  label: Label,
  answer: Answer | undefined,
  source: FeedbackRecord["source"],
): FeedbackRecord {
  return {
    // The answer's own id: however often the record is sent, it is stored once.
    id: answer?.id ?? uuid7(),
    image,
    label,
    ...(answer && { prediction: answer.digit, confidence: answer.confidence }),
    ...(answer?.modelVersion !== undefined && { model_version: answer.modelVersion }),
    source,
  };
}
