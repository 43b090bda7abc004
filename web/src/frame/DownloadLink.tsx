import type { ApiClient } from "../api/client";
import { strings } from "../strings";
import { DownloadIcon } from "./icons";
import { useCsvDownload } from "./useCsvDownload";

const words = strings.download;

/** Takes home all that was answered. */
export function DownloadLink({ client }: { readonly client: ApiClient }) {
  const [download, start] = useCsvDownload(client);
  return (
    <footer className="footer">
      {/* A real link, so that it can be copied and opened elsewhere. */}
      <a
        className="button quiet"
        href={client.csvUrl}
        download={words.fileName}
        data-testid="download"
        aria-busy={download.state === "busy"}
        onClick={(event) => {
          event.preventDefault();
          start();
        }}
      >
        <DownloadIcon />
        {words.link}
      </a>
      <p
        className={download.state === "failed" ? "alarm" : "muted"}
        data-testid="download-status"
        role="status"
      >
        {download.state === "failed" ? download.reason : download.state === "busy" ? words.busy : words.hint}
      </p>
      <p className="muted" data-testid="open-collection">
        {words.open} <a href="#data">{words.look}</a>.
      </p>
    </footer>
  );
}
