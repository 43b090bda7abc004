import { useState } from "react";
import type { ApiClient } from "../api/client";
import { ApiError } from "../api/error";
import { DOWNLOAD_IN_PAGE_BYTES } from "../config";
import { strings } from "../strings";

/** How the download stands. */
export type DownloadState =
  | { readonly state: "idle" }
  | { readonly state: "busy" }
  | { readonly state: "failed"; readonly reason: string };

/**
 * Downloads the CSV without leaving the page: a plain link would show the API's error as raw JSON in place of the page.
 * Small files are taken from the answer; large ones are left to the browser, which streams them to disk.
 */
export function useCsvDownload(client: ApiClient): readonly [DownloadState, () => void] {
  const [state, setState] = useState<DownloadState>({ state: "idle" });

  const download = async () => {
    if (state.state === "busy") return;
    setState({ state: "busy" });
    try {
      const response = await client.openCsv();
      const size = Number(response.headers.get("content-length") ?? Number.NaN);
      // The browser itself could not send the token along.
      if (response.ok && (size <= DOWNLOAD_IN_PAGE_BYTES || client.hasToken())) {
        const address = URL.createObjectURL(await response.blob());
        follow(address);
        // Revoked later, because the browser reads the file after the click has returned.
        window.setTimeout(() => URL.revokeObjectURL(address), 60_000);
      } else {
        await response.body?.cancel();
        follow(client.csvUrl);
      }
      setState({ state: "idle" });
    } catch (error) {
      // The body may break off after the headers came.
      const reason = error instanceof ApiError ? error.message : strings.errors.unreachable;
      setState({ state: "failed", reason });
    }
  };
  return [state, download];
}

function follow(address: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = strings.download.fileName;
  link.click();
}
