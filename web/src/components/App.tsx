import { useRef } from "react";
import type { ApiClient } from "../api/client";
import type { FeedbackQueue } from "../feedback/queue";
import { useFeedback } from "../hooks/useFeedback";
import { useInkPad } from "../hooks/useInkPad";
import { useOutbox } from "../hooks/useOutbox";
import { useRecognition } from "../hooks/useRecognition";
import { useTheme } from "../hooks/useTheme";
import { AnswerPanel } from "./AnswerPanel";
import { DownloadLink } from "./DownloadLink";
import { DrawingField } from "./DrawingField";
import { FeedbackPanel } from "./FeedbackPanel";
import { Header } from "./Header";

/** The page: draw, read the answer, say whether it is right. */
export function App({ client, queue }: { readonly client: ApiClient; readonly queue: FeedbackQueue }) {
  const [theme, toggleTheme] = useTheme();
  const canvas = useRef<HTMLCanvasElement>(null);
  const { drawing, penDown, clear } = useInkPad(canvas, theme);
  const { recognition, predict } = useRecognition(client, drawing, penDown);
  const outbox = useOutbox(queue);
  const feedback = useFeedback(queue, outbox.pending, drawing, recognition);

  return (
    <div className="page">
      <Header theme={theme} onToggleTheme={toggleTheme} />
      <main className="columns">
        <DrawingField canvas={canvas} status={recognition.status} onPredict={predict} onClear={clear} />
        <div className="column">
          <AnswerPanel recognition={recognition} onRetry={predict} />
          <FeedbackPanel feedback={feedback} outbox={outbox} />
        </div>
      </main>
      <DownloadLink client={client} />
    </div>
  );
}
