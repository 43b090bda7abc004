/** Everything about the page that can be tuned, in one place. */

/** Where the API is; empty means the page's own origin. Set `VITE_API_BASE` when building for another one. */
export const API_BASE: string = (import.meta.env.VITE_API_BASE ?? "").replace(/\/+$/, "");

/** How long a call may take in ms. Generous: the first one may have to wake a sleeping Lambda function. */
export const TIMEOUT_MS = { predict: 15_000, feedback: 15_000, download: 60_000, read: 20_000 } as const;

/** Rest after a stroke, in ms, before the page predicts: the frame with the last of the ink goes first. */
export const PREDICT_DELAY_MS = 10;

/** Waits in ms before a prediction that failed is tried again by itself; the last one repeats. */
export const PREDICT_RETRY_DELAYS_MS = [4_000, 8_000, 16_000, 30_000] as const;

/** Pen widths on the {@link FIELD}-sized field. The middle one is near the strokes of MNIST once scaled down. */
export const PEN_WIDTHS: readonly [number, ...number[]] = [10, 18, 28];

/** Which of {@link PEN_WIDTHS} it is at first. */
export const DEFAULT_PEN_WIDTH = 18;

/** How long an answer can be taken back, in ms; it is sent after that. */
export const UNDO_MS = 3_000;

/** Waits in ms between automatic tries to send kept answers; the last one repeats. */
export const RETRY_DELAYS_MS = [15_000, 30_000, 60_000, 120_000, 300_000] as const;

/** Files up to this many bytes are fetched by the page; the browser streams larger ones to disk itself. */
export const DOWNLOAD_IN_PAGE_BYTES = 16 * 1024 * 1024;

/** Pictures of more pixels are not read: as the API has it, and decoded they would not fit into a phone. */
export const MAX_PICTURE_PIXELS = 16_000_000;

/** The longer side, in pixels, that a picture is scaled down to. */
export const PICTURE_SIDE = 560;

/** Drawings in a round of training. */
export const ROUND = 10;

/** How long a training drawing waits for what the model says, in ms, before it is saved without. */
export const TRAINING_PATIENCE_MS = 3_000;

/** How long training waits to learn what the data lacks, in ms, before it asks for just any digit. */
export const SUMMARY_PATIENCE_MS = 1_500;

/** Days that the chart of days shows at most. */
export const DAYS_SHOWN = 30;

/** Drawings that the gallery shows before someone asks for more. */
export const GALLERY_FIRST = 24;

/** Keys in local storage. `theme` is also read by public/theme.js. */
export const STORAGE_KEYS = {
  theme: "digit-recognizer.theme",
  feedback: "digit-recognizer.feedback-queue",
  given: "digit-recognizer.given",
  contributor: "digit-recognizer.contributor",
  penWidth: "digit-recognizer.pen-width",
  shortcuts: "digit-recognizer.shortcuts",
} as const;
