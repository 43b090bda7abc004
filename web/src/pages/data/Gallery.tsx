import { useState } from "react";
import { isMistake, type RecentDrawing } from "../../api/summary";
import { GALLERY_FIRST } from "../../config";
import { LABELS, type Label } from "../../label";
import { strings } from "../../strings";

const words = strings.data;

/** The latest drawings, by digit and by whether the model was wrong. */
export function Gallery({ recent }: { readonly recent: readonly RecentDrawing[] }) {
  const [label, setLabel] = useState<Label | "all">("all");
  const [onlyMistakes, setOnlyMistakes] = useState(false);
  const [showsAll, setShowsAll] = useState(false);
  const drawings = recent.filter(
    (each) => (label === "all" || each.label === label) && (!onlyMistakes || isMistake(each)),
  );
  return (
    <section className="card">
      <div className="gallery-head">
        <h3>{words.gallery}</h3>
        <label className="select">
          {words.filter}
          <select
            data-testid="filter-label"
            value={label}
            onChange={({ currentTarget: { value } }) =>
              setLabel(LABELS.find((each) => String(each) === value) ?? "all")
            }
          >
            <option value="all">{words.all}</option>
            {LABELS.map((each) => (
              <option key={each} value={each}>
                {each === "NaN" ? words.notADigit : each}
              </option>
            ))}
          </select>
        </label>
        <label className="check">
          <input
            type="checkbox"
            data-testid="filter-mistakes"
            checked={onlyMistakes}
            onChange={({ currentTarget }) => setOnlyMistakes(currentTarget.checked)}
          />
          {words.onlyMistakes}
        </label>
      </div>
      {drawings.length === 0 ? (
        <p className="muted" data-testid="gallery-empty">
          {words.noMatch}
        </p>
      ) : (
        <ul className="gallery" data-testid="gallery">
          {(showsAll ? drawings : drawings.slice(0, GALLERY_FIRST)).map((each) => (
            <li
              key={each.id}
              className={isMistake(each) ? "mistaken" : undefined}
              title={[words.sources[each.source], each.receivedAt && strings.time(each.receivedAt)]
                .filter(Boolean)
                .join(", ")}
            >
              <img
                className="pixels"
                src={each.image}
                width="28"
                height="28"
                alt={words.drawing(each.label, each.prediction)}
              />
              <span className="truth" aria-hidden="true">
                {each.label === "NaN" ? words.noDigit : each.label}
              </span>
              <span className="said" aria-hidden="true">
                {each.prediction !== undefined && words.readAs(each.prediction)}
              </span>
            </li>
          ))}
        </ul>
      )}
      {!showsAll && drawings.length > GALLERY_FIRST && (
        <button
          type="button"
          className="button small more"
          data-testid="gallery-more"
          onClick={() => setShowsAll(true)}
        >
          {words.more(drawings.length - GALLERY_FIRST)}
        </button>
      )}
    </section>
  );
}
