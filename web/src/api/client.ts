import { TIMEOUT_MS, UNCERTAIN_BELOW } from "../config";
import { type Digit, isDigit, type Label } from "../label";
import { strings } from "../strings";
import { ApiError } from "./error";
import { isPicture, isRecord } from "./json";
import { uuid7 } from "./uuid7";

/** What the recogniser read of one digit. */
export interface ReadDigit {
  readonly digit: Digit;
  /** Calibrated probability that the digit is right, 0–1. */
  readonly confidence: number;
  /** Ten probabilities by digit. */
  readonly probabilities: readonly number[];
  /** Names this answer; feedback that carries it is stored once, however often it is sent. */
  readonly id: string;
  readonly modelVersion: string | undefined;
  /** Whether the recogniser is not sure. */
  readonly uncertain: boolean;
  /** The 28×28 image that the model saw, as a data URL. */
  readonly input: string | undefined;
}

/** Where a digit is: left, top, width and height in pixels of the picture that was sent. */
export type Box = readonly [left: number, top: number, width: number, height: number];

/** One digit of several. */
export interface DigitOfNumber extends ReadDigit {
  readonly box: Box;
}

/** What the recogniser read. */
export interface Answer extends ReadDigit {
  /** All digits where there are several, lines parted by a blank; then what was read of one is of the first. */
  readonly number: string | undefined;
  /** Each of them, in the order of reading; none where there is one. */
  readonly digits: readonly DigitOfNumber[];
}

/** How many digits a person says that there are, as it goes over the wire. */
export type Count = 1 | "several";

/** What in a picture speaks for the answer, and what for the digit that comes next. */
export interface Explanation {
  readonly runnerUp: Digit;
  /** 28×28, row by row, −100 … 100: above 0 for the answer, below for the runner-up. */
  readonly weights: readonly number[];
}

/** Body of `POST /save_feedback`, as it goes over the wire. */
export interface FeedbackRecord {
  readonly id: string;
  readonly image: string;
  /** Which part of the picture it is about, where there are several digits in it. */
  readonly box?: Box;
  readonly label: Label;
  readonly prediction?: Digit;
  readonly confidence?: number;
  readonly model_version?: string;
  readonly source: "confirmed" | "corrected" | "training";
  /** The random name of this browser; see `contributorIn`. */
  readonly contributor?: string;
}

/** The one way to the API. Every method throws {@link ApiError}, or the signal's reason when it was aborted. */
export interface ApiClient {
  /** Reads what is in a picture (data URL): one digit or several, unless a person has said which. */
  predict(image: string, signal?: AbortSignal, count?: Count): Promise<Answer>;
  /** Reads what there is of a digit while it is drawn. The same, but told apart in logs. */
  glimpse(image: string, signal?: AbortSignal): Promise<Answer>;
  /** Reads the digit once more, with what speaks for it. */
  explain(image: string, signal?: AbortSignal): Promise<Explanation>;
  /** Stores one feedback; returns once the API says that it is stored. Sending the same again changes nothing. */
  saveFeedback(record: FeedbackRecord): Promise<void>;
  /** Takes back what was stored under an id; returns once the API says so. Saying it again changes nothing. */
  takeBack(id: string): Promise<void>;
  /** What a route answers to GET. */
  get(path: string, signal?: AbortSignal): Promise<unknown>;
  /** Opens the CSV; the caller takes the body, or cancels it and leaves the transfer to the browser. */
  openCsv(signal?: AbortSignal): Promise<Response>;
  /** Sends the operator's token from now on, where the collection is only for those who have it; forgotten with the page. */
  authorise(token: string): void;
  /** Whether it is sent. */
  readonly hasToken: () => boolean;
  /** Address of the CSV. */
  readonly csvUrl: string;
  /** Address of the card of the model in service. */
  readonly modelUrl: string;
}

/** Well under the 64 KiB that browsers allow for all requests that outlive their page together. */
const KEEPALIVE_BYTES = 30_000;

/**
 * A client for the API.
 *
 * @param base - origin of the API, without a slash at the end; empty for the page's own
 * @param send - stands in for `fetch` in tests
 */
export function createClient(base: string, send: typeof fetch = (...args) => fetch(...args)): ApiClient {
  const csvUrl = `${base}/download_csv`;
  let token: string | undefined;
  const authorization = (): Record<string, string> =>
    token === undefined ? {} : { Authorization: `Bearer ${token}` };

  const post = (path: string, body: unknown, timeout: number, signal?: AbortSignal): Promise<unknown> =>
    withTimeout(timeout, signal, async (callSignal) => {
      const text = JSON.stringify(body);
      const response = await send(`${base}${path}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: text,
        // Lets a request outlive the tab that sent it; browsers allow that for small ones only.
        keepalive: path === "/save_feedback" && text.length < KEEPALIVE_BYTES,
        signal: callSignal,
      });
      if (!response.ok) throw await failure(response);
      return readJson(response);
    });

  const give = async (said: unknown): Promise<void> => {
    const body = await post("/save_feedback", said, TIMEOUT_MS.feedback);
    // A network that answers for itself (a hotel's, a proxy's) says 200, too.
    if (!isRecord(body) || body.status !== "success") throw new ApiError("broken", strings.errors.unreadable);
  };

  return {
    csvUrl,
    modelUrl: `${base}/model`,
    predict: async (image, signal, count) =>
      toAnswer(await post("/predict", { image, explain: true, digits: count }, TIMEOUT_MS.predict, signal)),
    glimpse: async (image, signal) =>
      toAnswer(await post("/predict?live", { image, explain: true }, TIMEOUT_MS.predict, signal)),
    explain: async (image, signal) =>
      toExplanation(
        await post("/predict?explain", { image, explain: "evidence" }, TIMEOUT_MS.predict, signal),
      ),
    get: (path, signal) =>
      withTimeout(TIMEOUT_MS.read, signal, async (callSignal) => {
        const response = await send(`${base}${path}`, {
          cache: "no-store",
          headers: authorization(),
          signal: callSignal,
        });
        if (!response.ok) throw await failure(response);
        return readJson(response);
      }),
    authorise: (given) => {
      token = given;
    },
    hasToken: () => token !== undefined,
    saveFeedback: (record) => give(record),
    takeBack: (id) => give({ id, taken_back: true }),
    openCsv: (signal) =>
      withTimeout(TIMEOUT_MS.download, signal, async (callSignal) => {
        // A large file is a redirect to another origin, which only the browser itself may follow.
        const response = await send(csvUrl, {
          redirect: "manual",
          cache: "no-store",
          headers: authorization(),
          signal: callSignal,
        });
        if (response.ok || response.type === "opaqueredirect") return response;
        throw await failure(response);
      }),
  };
}

/** Runs a call that is aborted by the caller's signal or by a deadline, and says which of the two it was. */
async function withTimeout<T>(
  timeout: number,
  signal: AbortSignal | undefined,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const control = new AbortController();
  const relay = () => control.abort();
  signal?.addEventListener("abort", relay);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    control.abort();
  }, timeout);
  try {
    return await call(control.signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (late) throw new ApiError("timeout", strings.errors.timeout);
    if (error instanceof ApiError) throw error;
    throw new ApiError("unreachable", strings.errors.unreachable);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", relay);
  }
}

/** The error that a bad answer stands for, with the API's own sentence where there is one: its gateway's 429 has none. */
async function failure(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined);
  const sentence =
    isRecord(body) && typeof body.error === "string" ? strings.errors.said(body.error) : undefined;
  const { status } = response;
  // "Too many" and "too slow" are 4xx by number, but the same request may be fine in a while.
  if (status === 429) return new ApiError("busy", sentence ?? strings.errors.busy, status);
  if (status >= 500 || status === 408)
    return new ApiError("broken", sentence ?? strings.errors.broken, status);
  return new ApiError("refused", sentence ?? strings.errors.refused(status), status);
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError("broken", strings.errors.unreadable, response.status);
  }
}

function toAnswer(body: unknown): Answer {
  const read = toReadDigit(body);
  if (!isRecord(body) || !read) throw new ApiError("broken", strings.errors.unreadable);
  const digits = toDigits(body.digits, read.modelVersion);
  const isNumber = typeof body.number === "string" && digits.length > 1;
  return { ...read, number: isNumber ? String(body.number) : undefined, digits: isNumber ? digits : [] };
}

/** The digits of a number; none where one of them cannot be read. */
function toDigits(value: unknown, modelVersion: string | undefined): DigitOfNumber[] {
  if (!Array.isArray(value)) return [];
  const digits = value.flatMap((each: unknown) => {
    const read = toReadDigit(each);
    const box: unknown = isRecord(each) ? each.box : undefined;
    return read && isBox(box) ? [{ ...read, modelVersion, box }] : [];
  });
  return digits.length === value.length ? digits : [];
}

function toReadDigit(body: unknown): ReadDigit | undefined {
  if (!isRecord(body)) return;
  const { prediction: digit, confidence, probabilities, id, model_version, uncertain, input } = body;
  if (!isDigit(digit) || typeof confidence !== "number") return;
  return {
    digit,
    confidence,
    probabilities: isProbabilities(probabilities)
      ? probabilities
      : Array.from({ length: 10 }, (_, each) => (each === digit ? confidence : 0)),
    id: typeof id === "string" && id !== "" ? id : uuid7(),
    modelVersion: typeof model_version === "string" ? model_version : undefined,
    uncertain: uncertain === true || confidence < UNCERTAIN_BELOW,
    input: isPicture(input) ? input : undefined,
  };
}

function toExplanation(body: unknown): Explanation {
  const evidence = isRecord(body) ? body.evidence : undefined;
  const { runner_up: runnerUp, weights } = isRecord(evidence) ? evidence : {};
  if (!isDigit(runnerUp) || !Array.isArray(weights) || weights.length !== 784) {
    throw new ApiError("broken", strings.errors.unreadable);
  }
  return { runnerUp, weights: weights.map(Number) };
}

function isProbabilities(value: unknown): value is number[] {
  return Array.isArray(value) && value.length === 10 && value.every((each) => typeof each === "number");
}

function isBox(value: unknown): value is Box {
  return Array.isArray(value) && value.length === 4 && value.every(Number.isFinite);
}
