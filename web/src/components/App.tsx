import { lazy, Suspense } from "react";
import type { ApiClient } from "../api/client";
import type { GivenCount } from "../feedback/given";
import type { FeedbackQueue } from "../feedback/queue";
import { useConnection } from "../hooks/useConnection";
import { useOutbox } from "../hooks/useOutbox";
import { usePage } from "../hooks/usePage";
import { usePenWidth } from "../hooks/usePenWidth";
import { useTheme } from "../hooks/useTheme";
import { DrawPage } from "../pages/DrawPage";
import { strings } from "../strings";
import { ConnectionNote } from "./ConnectionNote";
import { DownloadLink } from "./DownloadLink";
import { FailureBoundary } from "./FailureBoundary";
import { Header } from "./Header";
import { Loading } from "./Loading";

const TrainPage = lazy(() => import("../pages/TrainPage"));
const DataPage = lazy(() => import("../pages/DataPage"));
const ModelPage = lazy(() => import("../pages/ModelPage"));

interface Props {
  readonly client: ApiClient;
  readonly queue: FeedbackQueue;
  readonly given: GivenCount;
}

/** Four pages under one head. The drawing page stays, so that the drawing does; the others are loaded when they are asked for. */
export function App({ client, queue, given }: Props) {
  const [theme, toggleTheme] = useTheme();
  const page = usePage();
  const connection = useConnection(client);
  const outbox = useOutbox(queue);
  const pen = usePenWidth();
  const drawing = { client, queue, outbox, given, theme, pen };

  return (
    <div className="page">
      {/* A button, because the address names the page: a link would change it. */}
      <button type="button" className="skip" onClick={skip}>
        {strings.skip}
      </button>
      <Header page={page} theme={theme} onToggleTheme={toggleTheme} />
      <ConnectionNote connection={connection} />
      <main id="main" tabIndex={-1}>
        <DrawPage active={page === "draw"} {...drawing} />
        {page !== "draw" && (
          <FailureBoundary key={page}>
            <Suspense fallback={<Loading />}>
              {page === "train" && <TrainPage {...drawing} />}
              {page === "data" && <DataPage client={client} />}
              {page === "model" && <ModelPage client={client} />}
            </Suspense>
          </FailureBoundary>
        )}
      </main>
      <DownloadLink client={client} />
    </div>
  );
}

/** Moves the focus past the head. */
function skip(): void {
  document.getElementById("main")?.focus();
}
