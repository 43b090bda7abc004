import { strings } from "../strings";
import type { Connection } from "./useConnection";

/** Says that there is no network, or no API. It floats, so that nothing moves when it comes and goes. */
export function ConnectionNote({
  connection,
  lasting,
}: {
  readonly connection: Connection;
  /** Whether what is answered meanwhile outlives the page. */
  readonly lasting: boolean;
}) {
  const words = strings.connection;
  return (
    <div className="note" role="status" data-testid="connection">
      {connection !== "fine" && (
        <p>{connection === "offline" ? words.offline(lasting) : words[connection]}</p>
      )}
    </div>
  );
}
