import type { ModelVersion } from "../../api/modelCard";
import { strings } from "../../strings";

const words = strings.model;

/** What a retraining says of what it gained. A person who promotes by hand, or a trial, says something else. */
const GAINED = /^Of \d+ rows of feedback/;

/** Why a version came into service: in the page's language where its figures tell, else as the API says it. */
export function Reason({ of, className }: { readonly of: ModelVersion; readonly className: string }) {
  if (of.kind === "built-in") return <p className={className}>{words.builtIn}</p>;
  const { feedback_rows: rows, feedback_accuracy_before: before, feedback_accuracy: after } = of.figures;
  const told =
    rows !== undefined && before !== undefined && after !== undefined && GAINED.test(of.reason ?? "");
  if (told) return <p className={className}>{words.gained(rows, before / 100, after / 100)}</p>;
  return of.reason ? (
    <p className={className} lang="en">
      {of.reason}
    </p>
  ) : null;
}
