import type { Connection } from "../hooks/useConnection";
import { strings } from "../strings";

/** Says that there is no network, or no API. It floats, so that nothing moves when it comes and goes. */
export function ConnectionNote({ connection }: { readonly connection: Connection }) {
  return (
    <div className="note" role="status" data-testid="connection">
      {connection !== "fine" && <p>{strings.connection[connection]}</p>}
    </div>
  );
}
