import type { Answer, DigitOfNumber, ReadDigit } from "../../api/client";
import { pictureOf } from "../../canvas/picture";
import type { Drawing } from "../../ink/drawing";
import type { Label } from "../../label";
import { digitRecord, type GivenRecord, judgedRecord, unreadRecord } from "../../outbox/record";
import { overlap } from "./places";
import type { Recognition } from "./recognition";
import { type Part, partOf } from "./steps";

/** What a person can say something about: a drawing of one digit, or one digit of several. */
export interface Subject {
  readonly part: Part;
  /** What was read of it, where it could be. */
  readonly read: ReadDigit | undefined;
  /** What is kept of it under a label. */
  readonly record: (label: Label) => GivenRecord | Promise<GivenRecord>;
}

/**
 * What of a drawing can be judged now.
 *
 * @param nth - which digit of a number is looked at; all of them where it is none
 */
export function subjectsOf(
  drawing: Drawing,
  recognition: Recognition,
  nth: number | undefined,
): readonly Subject[] {
  if (recognition.status !== "answered")
    return canBeNamedUnread(recognition, drawing) ? [unread(drawing)] : [];
  const { answer, image } = recognition;
  if (!answer.number) {
    // Of a photo the digit is kept, as the model saw it, or nothing.
    const kept = drawing.picture ? answer.input : image;
    if (kept === undefined) return [];
    return [{ part: "whole", read: answer, record: (label) => judgedRecord(kept, label, answer) }];
  }
  const chosen = answer.digits.filter((_, each) => nth === undefined || each === nth);
  return chosen.flatMap((digit) => ofNumber(digit, answer, drawing.picture ? undefined : image));
}

/** Where nothing could be asked, a person can say all the same what a drawing is; but a photo is not kept whole. */
export function canBeNamedUnread(recognition: Recognition, { picture }: Drawing): boolean {
  return recognition.status === "failed" && recognition.retryable && picture === undefined;
}

function unread(drawing: Drawing): Subject {
  const record = async (label: Label) => unreadRecord(await pictureOf(drawing), label);
  return { part: "whole", read: undefined, record };
}

/**
 * One digit of several. It is kept as its part of the drawing; where another one reaches into that part, as the model saw it,
 * for then it alone has none of the other's ink.
 */
function ofNumber(digit: DigitOfNumber, { digits }: Answer, image: string | undefined): readonly Subject[] {
  const part = partOf(digit);
  const isApart = digits.every((other) => other === digit || !overlap(other.box, digit.box));
  if (image !== undefined && isApart)
    return [{ part, read: digit, record: (label) => digitRecord(image, label, digit) }];
  const { input } = digit;
  if (input === undefined) return [];
  return [{ part, read: digit, record: (label) => judgedRecord(input, label, digit) }];
}
