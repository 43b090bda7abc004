import { strings } from "../strings";

/** Something is on its way. Seen only when it takes a while. */
export function Loading() {
  return (
    <p className="loading muted" role="status">
      {strings.loading}
    </p>
  );
}
