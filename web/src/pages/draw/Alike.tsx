import { useEffect, useState } from "react";
import type { ApiClient } from "../../api/client";
import { type RecentDrawing, toSummary } from "../../api/summary";
import { useResource } from "../../frame/useResource";
import { strings } from "../../strings";
import { mostAlike } from "./alike";

const SHOWN = 3;

/** The collected drawings that look most like what the model saw; nothing where there are none, or none may be seen. */
export function Alike({ client, input }: { readonly client: ApiClient; readonly input: string }) {
  const [summary] = useResource(client, "/feedback/summary", toSummary);
  const [drawings, setDrawings] = useState<readonly RecentDrawing[]>([]);
  useEffect(() => {
    if (summary.state !== "ready") return;
    let gone = false;
    void mostAlike(input, summary.value.recent, SHOWN).then((found) => {
      if (!gone) setDrawings(found);
    });
    return () => {
      gone = true;
    };
  }, [summary, input]);
  if (drawings.length === 0) return null;
  return (
    <section data-testid="alike">
      <h3>{strings.why.alike}</h3>
      <ul className="alike">
        {drawings.map((each) => (
          <li key={each.id}>
            <img
              className="pixels"
              src={each.image}
              width="28"
              height="28"
              alt={strings.data.drawing(each.label, each.prediction)}
            />
            <span aria-hidden="true">{each.label === "NaN" ? strings.data.noDigit : each.label}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
