import { lazy, Suspense } from "react";
import type { ApiClient } from "./api/client";
import { usePenWidth } from "./field/usePenWidth";
import { connectionNote } from "./frame/connectionNote";
import { DownloadLink } from "./frame/DownloadLink";
import { FailureBoundary } from "./frame/FailureBoundary";
import { Header } from "./frame/Header";
import { Loading } from "./frame/Loading";
import { useConnection } from "./frame/useConnection";
import { usePage } from "./frame/usePage";
import { useTheme } from "./frame/useTheme";
import type { GivenDrawings } from "./outbox/drawings";
import type { GivenCount } from "./outbox/given";
import type { FeedbackQueue } from "./outbox/queue";
import { useOutbox } from "./outbox/useOutbox";
import { useTakingBack } from "./outbox/useTakingBack";
import { DrawPage } from "./pages/draw/DrawPage";
import { strings } from "./strings";

const TrainPage = lazy(() => import("./pages/train/TrainPage"));
const DataPage = lazy(() => import("./pages/data/DataPage"));
const ModelPage = lazy(() => import("./pages/model/ModelPage"));

interface Props {
  readonly client: ApiClient;
  readonly queue: FeedbackQueue;
  readonly givenCount: GivenCount;
  readonly drawings: GivenDrawings;
}

/** Four pages under one head. The drawing page stays, so that the drawing does; the others are loaded when they are asked for. */
export function App({ client, queue, givenCount, drawings }: Props) {
  const [theme, toggleTheme] = useTheme();
  const page = usePage();
  const connection = useConnection(client);
  const outbox = useOutbox(queue);
  const pen = usePenWidth();
  const takeBack = useTakingBack(client, drawings, givenCount);
  const drawing = { client, queue, outbox, givenCount, theme, pen };

  return (
    <div className="page">
      {/* A button, because the address names the page: a link would change it. */}
      <button type="button" className="skip" onClick={skip}>
        {strings.skip}
      </button>
      <Header
        page={page}
        theme={theme}
        onToggleTheme={toggleTheme}
        note={connectionNote(connection, outbox.lasting)}
      />
      <main id="main" tabIndex={-1}>
        <DrawPage active={page === "draw"} {...drawing} />
        {page !== "draw" && (
          <FailureBoundary key={page}>
            <Suspense fallback={<Loading />}>
              {page === "train" && <TrainPage {...drawing} drawings={drawings} takeBack={takeBack} />}
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
