/**
 * Why a call failed: `unreachable` no answer came, `timeout` none came in time, `refused` the API said what was
 * wrong with the request (4xx), `busy` there were too many requests (429), `broken` the API itself failed (5xx) or answered
 * something unreadable.
 */
export type FailureKind = "unreachable" | "timeout" | "refused" | "busy" | "broken";

/** A failed call; `message` is the API's own sentence where it gave one. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly kind: FailureKind;
  /** The HTTP status, where an answer came. */
  readonly status: number | undefined;

  constructor(kind: FailureKind, message: string, status?: number) {
    super(message);
    this.kind = kind;
    this.status = status;
  }

  /** Whether the same request may succeed later. */
  get retryable(): boolean {
    return this.kind !== "refused";
  }
}
