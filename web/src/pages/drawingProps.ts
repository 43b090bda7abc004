import type { ApiClient } from "../api/client";
import type { Theme } from "../frame/useTheme";
import type { GivenCount } from "../outbox/given";
import type { FeedbackQueue } from "../outbox/queue";
import type { Outbox } from "../outbox/useOutbox";

/** What a page needs on which people draw. */
export interface DrawingProps {
  readonly client: ApiClient;
  readonly queue: FeedbackQueue;
  readonly outbox: Outbox;
  readonly givenCount: GivenCount;
  readonly theme: Theme;
  readonly pen: readonly [number, () => void];
}
