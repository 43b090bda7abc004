import { useRef, useState } from "react";
import type { ApiClient } from "../../api/client";
import { toModelCard } from "../../api/modelCard";
import { REMEMBERED_FIRST, REMEMBERED_MORE } from "../../config";
import { useResource } from "../../frame/useResource";
import type { GivenDrawing, GivenDrawings } from "../../outbox/drawings";
import { useGivenDrawings } from "../../outbox/useTakingBack";
import { strings } from "../../strings";
import { type Progress, progressOf, todaysReading } from "./readings";
import { useReadings } from "./useReadings";

const words = strings.yours;

/** The drawings given from this device: what was read then, what is read today; and each can be taken back. */
export function YourDrawings({
  client,
  drawings,
  takeBack,
}: {
  readonly client: ApiClient;
  readonly drawings: GivenDrawings;
  readonly takeBack: (id: string) => void;
}) {
  const all = useGivenDrawings(drawings);
  const [model] = useResource(client, "/model", toModelCard);
  const card = model.state === "ready" && model.value.version !== "" ? model.value : undefined;
  const readings = useReadings(client, drawings, all, card?.version);
  const [shown, setShown] = useState(REMEMBERED_FIRST);
  const [left, setLeft] = useState<GivenDrawing>();
  const heading = useRef<HTMLHeadingElement>(null);
  if (all.length === 0 && !left) return null;

  const progress = card && progressOf(all, card);
  const leave = (drawing: GivenDrawing) => {
    takeBack(drawing.id);
    setLeft(drawing);
    // The button that had the focus goes.
    heading.current?.focus();
  };
  return (
    <section className="card yours" data-testid="yours">
      <h2 ref={heading} tabIndex={-1}>
        {words.heading}
      </h2>
      <p className="muted small-text">{words.intro}</p>
      <p className="small-text" role="status" data-testid="yours-status">
        {left && words.takenBack(left.label, !all.some(({ id }) => id === left.id))}
      </p>
      {progress && <Learned progress={progress} />}
      {readings.left > 0 && (
        <div className="asking">
          <span className="muted small-text">{words.unasked(readings.left)}</span>
          {!readings.asking && (
            <button type="button" className="button small" data-testid="yours-ask" onClick={readings.ask}>
              {words.ask}
            </button>
          )}
        </div>
      )}
      <ul className="given">
        {all.slice(0, shown).map((each) => (
          <Given key={each.id} drawing={each} version={card?.version} onLeave={() => leave(each)} />
        ))}
      </ul>
      {all.length > shown && (
        <button
          type="button"
          className="button small"
          data-testid="yours-more"
          onClick={() => setShown(shown + REMEMBERED_MORE)}
        >
          {words.more(Math.min(all.length - shown, REMEMBERED_MORE))}
        </button>
      )}
    </section>
  );
}

function Learned({ progress: { mistakes, readNow, learned } }: { readonly progress: Progress }) {
  return (
    <p className={readNow > 0 ? "good" : "muted"} data-testid="yours-learned">
      {words.learned(learned, readNow, mistakes)}
    </p>
  );
}

function Given({
  drawing,
  version,
  onLeave,
}: {
  readonly drawing: GivenDrawing;
  readonly version: string | undefined;
  readonly onLeave: () => void;
}) {
  const { image, label, at, before, leaving } = drawing;
  const now = version === undefined ? undefined : todaysReading(drawing, version);
  return (
    <li data-testid="yours-drawing">
      {image === undefined ? (
        <span className="no-picture" aria-hidden="true" />
      ) : (
        <img className="pixels" src={image} width="56" height="56" alt="" />
      )}
      <p>
        <span className="label">{words.said(label)}</span>
        <span className="small-text muted">
          {image === undefined ? words.older(at) : words.read(before?.digit, now?.digit)}
        </span>
      </p>
      {leaving ? (
        <span className="small-text warning">{words.leaving}</span>
      ) : (
        <button
          type="button"
          className="button small"
          data-testid="yours-take-back"
          aria-label={words.takeBackOf(label)}
          onClick={onLeave}
        >
          {words.takeBack}
        </button>
      )}
    </li>
  );
}
