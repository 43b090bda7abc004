import type { DigitOfNumber, FeedbackRecord, ReadDigit } from "../api/client";
import { uuid7 } from "../api/uuid7";
import type { Digit, Label } from "../label";

/** A record, with what stays on the device. */
export interface GivenRecord extends FeedbackRecord {
  /** The digit alone, where the picture has several: what there is to show of it. Never sent. */
  readonly shown?: string;
}

/** The record of a drawing whose answer a person has judged. */
export function judgedRecord(image: string, label: Label, answer: ReadDigit): FeedbackRecord {
  return recordOf(image, label, answer, label === answer.digit ? "confirmed" : "corrected");
}

/** The record of one digit of the several in a picture. */
export function digitRecord(image: string, label: Label, digit: DigitOfNumber): GivenRecord {
  const { box, input } = digit;
  return { ...judgedRecord(image, label, digit), box, ...(input !== undefined && { shown: input }) };
}

/** The record of a drawing that nobody has read and a person has named: what could be corrected is not known. */
export function unreadRecord(image: string, label: Label): FeedbackRecord {
  return recordOf(image, label, undefined, "corrected");
}

/** The record of a drawing that was asked for; without an answer where the model could not be asked. */
export function trainingRecord(image: string, label: Digit, answer: ReadDigit | undefined): FeedbackRecord {
  return recordOf(image, label, answer, "training");
}

function recordOf(
  image: string,
  label: Label,
  answer: ReadDigit | undefined,
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
