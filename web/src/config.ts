/** Everything about the page that can be tuned, in one place. */

/** Where the API is; empty means the page's own origin. Set `VITE_API_BASE` when building for another one. */
export const API_BASE: string = (import.meta.env.VITE_API_BASE ?? "").replace(/\/+$/, "");

/** How long a call may take in ms. Generous: the first one may have to wake a sleeping Lambda function. */
export const TIMEOUT_MS = { predict: 15_000, feedback: 15_000, download: 60_000 } as const;

/** Rest after a stroke, in ms, before the page predicts by itself: shorter than the gap between most strokes. */
export const PREDICT_DELAY_MS = 250;

/** Pen width on the {@link FIELD}-sized field; near the stroke width of MNIST once scaled down. */
export const PEN_WIDTH = 18;

/** Waits in ms between automatic tries to send kept answers; the last one repeats. */
export const RETRY_DELAYS_MS = [15_000, 30_000, 60_000, 120_000, 300_000] as const;

/** Files up to this many bytes are fetched by the page; the browser streams larger ones to disk itself. */
export const DOWNLOAD_IN_PAGE_BYTES = 16 * 1024 * 1024;

/** Keys in local storage. `theme` is also read by public/theme.js. */
export const STORAGE_KEYS = {
  theme: "digit-recognizer.theme",
  feedback: "digit-recognizer.feedback-queue",
} as const;
