import { StrictMode, startTransition } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { createClient } from "./api/client";
import { API_BASE, STORAGE_KEYS } from "./config";
import { NothingHere } from "./frame/NothingHere";
import { isKnownAddress } from "./frame/usePage";
import { contributorIn } from "./outbox/contributor";
import { GivenDrawings } from "./outbox/drawings";
import { GivenCount } from "./outbox/given";
import { FeedbackQueue, tabsLock } from "./outbox/queue";
import { keepShellOffline } from "./shell/register";
import { spoken } from "./strings";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/page.css";
import "./styles/draw.css";
import "./styles/contrast.css";

// Reached through functions, because merely touching localStorage throws where storage is blocked.
const storage = {
  getItem: (key: string) => localStorage.getItem(key),
  setItem: (key: string, value: string) => localStorage.setItem(key, value),
};
const client = createClient(API_BASE);
const givenCount = new GivenCount(storage, STORAGE_KEYS.given);
const drawings = new GivenDrawings(storage, STORAGE_KEYS.drawings);
const contributor = contributorIn(storage, STORAGE_KEYS.contributor);
const queue = new FeedbackQueue({
  storage,
  key: STORAGE_KEYS.feedback,
  send: (record) => client.saveFeedback({ ...record, contributor: contributor() }),
  lock: tabsLock(STORAGE_KEYS.feedback),
  onSaved: (record) => {
    givenCount.add();
    drawings.add(record);
  },
});

document.documentElement.lang = spoken;
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root.");
const page = createRoot(root);
// As a transition, so that a slow phone can scroll and listen between its steps.
startTransition(() =>
  page.render(
    <StrictMode>
      {isKnownAddress() ? (
        <App client={client} queue={queue} givenCount={givenCount} drawings={drawings} />
      ) : (
        <main className="page">
          <NothingHere />
        </main>
      )}
    </StrictMode>,
  ),
);
keepShellOffline();
