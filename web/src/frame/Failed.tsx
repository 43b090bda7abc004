import { strings } from "../strings";

/** What was to be shown could not be read, and why. */
export function Failed({ reason, onRetry }: { readonly reason: string; readonly onRetry: () => void }) {
  return (
    <section className="card state" role="alert">
      <p className="alarm">{reason}</p>
      <button type="button" className="button small" data-testid="reload" onClick={onRetry}>
        {strings.reload}
      </button>
    </section>
  );
}
