import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createClient } from "./api/client";
import { App } from "./components/App";
import { API_BASE, STORAGE_KEYS } from "./config";
import { contributorIn } from "./feedback/contributor";
import { GivenCount } from "./feedback/given";
import { FeedbackQueue, tabsLock } from "./feedback/queue";
import { keepShellOffline } from "./shell/register";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/page.css";
import "./styles/draw.css";

// Reached through functions, because merely touching localStorage throws where storage is blocked.
const storage = {
  getItem: (key: string) => localStorage.getItem(key),
  setItem: (key: string, value: string) => localStorage.setItem(key, value),
};
const client = createClient(API_BASE);
const given = new GivenCount(storage, STORAGE_KEYS.given);
const contributor = contributorIn(storage, STORAGE_KEYS.contributor);
const queue = new FeedbackQueue({
  storage,
  key: STORAGE_KEYS.feedback,
  send: (record) => client.saveFeedback({ ...record, contributor: contributor() }),
  lock: tabsLock(STORAGE_KEYS.feedback),
  onSaved: () => given.add(),
});

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root.");
createRoot(root).render(
  <StrictMode>
    <App client={client} queue={queue} given={given} />
  </StrictMode>,
);
keepShellOffline();
