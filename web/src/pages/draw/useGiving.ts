import { useEffect, useReducer } from "react";
import type { Drawing } from "../../ink/drawing";
import type { Label } from "../../label";
import type { Giving } from "../../outbox/hold";
import type { FeedbackQueue } from "../../outbox/queue";
import type { GivenRecord } from "../../outbox/record";
import { useHold } from "../../outbox/useHold";
import type { FeedbackStep, Part, Steps } from "./steps";
import type { Subject } from "./subjects";

/** The way of an answer from the page into the outbox. */
interface Way {
  /** Notes how far the answer about a part of the drawing has come. */
  readonly take: (part: Part, step: FeedbackStep) => void;
  /** Gives one answer, about one thing or about several. */
  readonly give: (labels: readonly (readonly [Subject, Label])[]) => void;
  /** Takes back an answer that is held; false when there is none. */
  readonly takeBack: () => boolean;
}

/** Gives answers about a drawing. Each is held until it can't be taken back any more, or the drawing changes. */
export function useGiving(queue: FeedbackQueue, steps: Steps, drawing: Drawing): Way {
  const [, refresh] = useReducer((count: number) => count + 1, 0);
  const hold = useHold(queue);

  // Whoever draws on has made up their mind.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the change of the drawing that counts
  useEffect(() => () => hold.commit(), [hold, drawing]);

  const take = (part: Part, step: FeedbackStep) => {
    steps.set(drawing, part, step);
    refresh();
  };

  const give = async (labels: readonly (readonly [Subject, Label])[]) => {
    for (const [{ part }, label] of labels) take(part, { state: "held", label });
    const givings = labels.map(async ([subject, label]) =>
      givingOf(await subject.record(label), label, (step) => take(subject.part, step)),
    );
    hold.give(...(await Promise.all(givings)));
  };

  return { take, give: (labels) => void give(labels), takeBack: () => hold.takeBack() };
}

function givingOf(record: GivenRecord, label: Label, take: (step: FeedbackStep) => void): Giving {
  return {
    record,
    sending: () => take({ state: "sending", label }),
    delivered: (delivery) =>
      take(delivery.state === "gone" ? { state: "open" } : { ...delivery, label, id: record.id }),
  };
}
