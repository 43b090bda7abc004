/** Everything about the page that can be tuned, in one place. */

/** Where the API is; empty means the page's own origin. Set `VITE_API_BASE` when building for another one. */
export const API_BASE: string = (import.meta.env.VITE_API_BASE ?? "").replace(/\/+$/, "");

/** How long a call may take in ms. Generous: the first one may have to wake a sleeping Lambda function. */
export const TIMEOUT_MS = { predict: 15_000, feedback: 15_000, download: 60_000, read: 20_000 } as const;

/** Rest after a stroke, in ms, before the page predicts: the frame with the last of the ink goes first. */
export const PREDICT_DELAY_MS = 10;

/**
 * Whether the page asks while the pen moves, too: some nine requests a stroke instead of one, which where requests are paid
 * for is nine times the price. Set `VITE_LIVE_ANSWERS=off` when building to do without.
 */
export const LIVE_ANSWERS: boolean = import.meta.env.VITE_LIVE_ANSWERS !== "off";

/** Between two requests while the pen moves, in ms: the bars then follow it by some 60 ms. */
export const LIVE_EVERY_MS = 100;

/** An answer that took longer, in ms, is none to ask for while the pen moves. */
export const LIVE_WITHIN_MS = 250;

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

/** JPEGs of more pixels are not read: beyond what any phone takes. */
export const PHOTO_PIXELS = 200_000_000;

/** Other pictures of more pixels are not read: decoded they would not fit into a phone. */
export const LOSSLESS_PIXELS = 50_000_000;

/** The longer side, in pixels, that a picture is scaled down to. */
export const PICTURE_SIDE = 560;

/** A digit less likely than this is uncertain, whatever the API says of it: all others together are likelier. */
export const UNCERTAIN_BELOW = 0.5;

/** A digit that is uncertain and less likely than this is asked about as no clear one: another or none may be as likely. */
export const LIKELY = 0.6;

/** A number of more letters is told by how many digits it has where there is little room; all of them stand beside it. */
export const NUMBER_SHOWN = 4;

/** A picture that is exact in so many bytes is sent exact; others are sent as JPEG. */
export const LOSSLESS_BYTES = 24_000;

/** Of that JPEG, 0–1: of 200 grainy photos none is read otherwise than exact, in a seventh of the bytes. */
export const JPEG_QUALITY = 0.7;

/** Drawings in a round of training. */
export const ROUND = 10;

/**
 * Of the digit that was asked for: where the model gives it less, what was drawn is rather another digit than a mistake of the
 * model's, and the person is asked.
 */
export const PLAUSIBLE = 0.02;

/** How long a training drawing waits for what the model says, in ms, before it is saved without. */
export const TRAINING_PATIENCE_MS = 3_000;

/** How long training waits to learn what the data lacks, in ms, before it asks for just any digit. */
export const SUMMARY_PATIENCE_MS = 1_500;

/** Days that the chart of days shows at most. */
export const DAYS_SHOWN = 30;

/** Drawings that the gallery shows before someone asks for more. */
export const GALLERY_FIRST = 24;

/** The figures that the chart of versions shows, by their names on a model's card. */
export const CHARTED_FIGURES = ["mnist_accuracy", "writers_accuracy", "writers_worst_cell_accuracy"] as const;

/** Drawings of which the device remembers the picture, as given from it. */
export const REMEMBERED_PICTURES = 100;

/** Older ones are remembered without it, up to so many in all: enough to take them back. */
export const REMEMBERED = 5000;

/** The pictures have so many characters together, at most: a fifth of what a browser stores for a page. */
export const REMEMBERED_LENGTH = 1_000_000;

/** So many of them are shown before someone asks for more … */
export const REMEMBERED_FIRST = 10;

/** … and so many more whenever someone does. */
export const REMEMBERED_MORE = 100;

/** So many of them are read anew at the same time. */
export const READ_AT_ONCE = 2;

/** Keys in local storage, and in session storage `drawing`. `theme` is also read by public/before-paint.js. */
export const STORAGE_KEYS = {
  theme: "digit-recognizer.theme",
  language: "digit-recognizer.language",
  feedback: "digit-recognizer.feedback-queue",
  given: "digit-recognizer.given",
  drawings: "digit-recognizer.drawings",
  contributor: "digit-recognizer.contributor",
  drawing: "digit-recognizer.drawing",
  penWidth: "digit-recognizer.pen-width",
  shortcuts: "digit-recognizer.shortcuts",
} as const;
