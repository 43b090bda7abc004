import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createClient } from "./api/client";
import { App } from "./components/App";
import { API_BASE, STORAGE_KEYS } from "./config";
import { FeedbackQueue, tabsLock } from "./feedback/queue";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/page.css";

const client = createClient(API_BASE);
const queue = new FeedbackQueue({
  // Reached through functions, because merely touching localStorage throws where storage is blocked.
  storage: {
    getItem: (key) => localStorage.getItem(key),
    setItem: (key, value) => localStorage.setItem(key, value),
  },
  key: STORAGE_KEYS.feedback,
  send: client.saveFeedback,
  lock: tabsLock(STORAGE_KEYS.feedback),
});

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root.");
createRoot(root).render(
  <StrictMode>
    <App client={client} queue={queue} />
  </StrictMode>,
);
