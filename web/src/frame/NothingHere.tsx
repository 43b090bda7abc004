import { strings } from "../strings";

/** For an address that no page has. */
export function NothingHere() {
  return (
    <section className="card state" data-testid="nothing-here">
      <h2>{strings.nothingHere.heading}</h2>
      <p className="muted">{strings.nothingHere.hint}</p>
      <a className="button primary" href="/">
        {strings.nothingHere.home}
      </a>
    </section>
  );
}
