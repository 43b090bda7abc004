import { useEffect, useState } from "react";
import { type Summary, toSummary } from "../../api/summary";
import { ROUND, SUMMARY_PATIENCE_MS } from "../../config";
import { Loading } from "../../frame/Loading";
import { useResource } from "../../frame/useResource";
import type { GivenDrawings } from "../../outbox/drawings";
import type { GivenCount } from "../../outbox/given";
import { RefusedAnswers } from "../../outbox/RefusedAnswers";
import { useGiven } from "../../outbox/useGiven";
import type { Outbox } from "../../outbox/useOutbox";
import { strings } from "../../strings";
import type { DrawingProps } from "../drawingProps";
import { RoundDone } from "./RoundDone";
import { RoundField } from "./RoundField";
import { fooledBy, isDoubtful, streakOf, type TrainingDrawing } from "./round";
import { type Training, useTraining } from "./useTraining";
import { YourDrawings } from "./YourDrawings";
import "../../styles/train.css";

const words = strings.training;
const NO_COUNTS: readonly number[] = [];

interface Props extends DrawingProps {
  readonly drawings: GivenDrawings;
  readonly takeBack: (id: string) => void;
}

/** Draw what is asked for: labelled rows, of the digits that the data lacks. */
export default function TrainPage(props: Props) {
  const [summary, reload] = useResource(props.client, "/feedback/summary", toSummary);
  const [waited, setWaited] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setWaited(true), SUMMARY_PATIENCE_MS);
    return () => window.clearTimeout(timer);
  }, []);

  // What is asked for must not change under the pen, so it is known first, or chosen without.
  if (summary.state === "loading" && !waited) return <Loading />;
  return (
    <Trainer {...props} summary={summary.state === "ready" ? summary.value : undefined} onRound={reload} />
  );
}

interface TrainerProps extends Props {
  readonly summary: Summary | undefined;
  /** A round begins: the data has changed. */
  readonly onRound: () => void;
}

function Trainer(props: TrainerProps) {
  const { client, queue, outbox, givenCount, theme, pen, summary, onRound } = props;
  const training = useTraining(client, queue, summary?.labels ?? NO_COUNTS);
  const complete = training.drawings.length >= ROUND;
  return (
    <div className="train">
      {complete ? (
        <RoundDone
          drawings={training.drawings}
          outbox={outbox}
          onAgain={() => {
            training.restart();
            onRound();
          }}
        />
      ) : (
        <RoundField training={training} outbox={outbox} theme={theme} pen={pen} />
      )}
      <div className="column">
        {!complete && <Result training={training} outbox={outbox} />}
        <RefusedAnswers outbox={outbox} />
        <Collected waiting={summary?.waiting} outbox={outbox} givenCount={givenCount} />
      </div>
      <YourDrawings client={client} drawings={props.drawings} takeBack={props.takeBack} />
    </div>
  );
}

/** What the model would have said of the last drawing. */
function Result({ training, outbox }: { readonly training: Training; readonly outbox: Outbox }) {
  const { drawings, doubted, canTakeBack } = training;
  const last = doubted ?? drawings.at(-1);
  const message = messageOf(training, outbox);
  const [streak, mistakes] = [streakOf(drawings), fooledBy(drawings)];
  return (
    <section className="card result">
      <h2>{words.heading}</h2>
      <p className="muted small-text">{words.intro}</p>
      <div className="last">
        {last ? (
          <img
            className="pixels"
            src={last.image}
            width="28"
            height="28"
            alt={words.drawn(last.label, last.answer?.digit)}
          />
        ) : (
          <span className="pixels" />
        )}
        <p className={message.tone} role="status" data-testid="train-status">
          {message.text}
        </p>
      </div>
      <div className="below-result">
        <p className="chips" data-testid="train-streak">
          {streak > 1 && <span className="chip good">{words.streak(streak)}</span>}
          {mistakes > 0 && <span className="chip warning">{words.fooled(mistakes)}</span>}
        </p>
        {doubted && (
          <div className="choices">
            <button type="button" className="button small" data-testid="train-keep" onClick={training.keep}>
              {words.keep(doubted.label)}
            </button>
            <button
              type="button"
              className="button small"
              data-testid="train-dismiss"
              onClick={training.dismiss}
            >
              {words.undo}
            </button>
          </div>
        )}
        {!doubted && canTakeBack && (
          <button
            type="button"
            className="button small"
            data-testid="train-take-back"
            onClick={training.takeBack}
          >
            {words.undo}
          </button>
        )}
      </div>
    </section>
  );
}

interface Message {
  readonly text: string;
  readonly tone: "muted" | "warning" | "alarm";
}

function messageOf({ drawings, saving, doubted }: Training, { refused }: Outbox): Message {
  if (doubted?.answer) return { text: words.doubt(doubted.label, doubted.answer.digit), tone: "warning" };
  const last = drawings.at(-1);
  const refusal = refused.find(({ record }) => record.id === last?.id);
  const message: Message = refusal ? { text: refusal.reason, tone: "alarm" } : verdictOf(last);
  // In the colour of the message before: a quick save should not flash.
  return saving ? { ...message, text: words.saving } : message;
}

/** What the model would have said of a drawing. */
function verdictOf(drawing: TrainingDrawing | undefined): Message {
  if (!drawing) return { text: words.first, tone: "muted" };
  const { label, answer } = drawing;
  if (!answer) return { text: words.unasked(label), tone: "muted" };
  if (answer.digit === label) return { text: words.right(label, answer.confidence), tone: "muted" };
  if (isDoubtful(label, answer)) return { text: words.keptAs(label), tone: "muted" };
  return { text: words.wrong(label, answer.digit, answer.confidence), tone: "warning" };
}

/** How much waits: here on the device, and there for the next retraining. */
function Collected({
  waiting,
  outbox: { pending, lasting },
  givenCount,
}: {
  readonly waiting: number | undefined;
  readonly outbox: Outbox;
  readonly givenCount: GivenCount;
}) {
  const count = useGiven(givenCount);
  return (
    <div className="standing small-text">
      {pending.length > 0 && (
        <p className="warning" data-testid="train-kept">
          {words.kept(pending.length, lasting)}
        </p>
      )}
      {waiting !== undefined && (
        <p className="muted" data-testid="train-waiting">
          {words.waiting(waiting)}
        </p>
      )}
      {count > 0 && <p className="muted">{strings.feedback.given(count)}</p>}
    </div>
  );
}
