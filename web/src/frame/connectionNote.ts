import { strings } from "../strings";
import type { Connection } from "./useConnection";

/**
 * What is said where there is no network, or no API; nothing where all is fine.
 *
 * @param lasting - whether what is answered meanwhile outlives the page
 */
export function connectionNote(connection: Connection, lasting: boolean): string {
  const words = strings.connection;
  if (connection === "fine") return "";
  return connection === "offline" ? words.offline(lasting) : words[connection];
}
