import { afterEach, describe, expect, it, vi } from "vitest";
import { TIMEOUT_MS } from "../config";
import { strings } from "../strings";
import { createClient, type FeedbackRecord } from "./client";
import { ApiError } from "./error";

const PICTURE = "data:image/png;base64,AAAA";
const BODY = {
  prediction: 7,
  confidence: 0.9987,
  probabilities: [0, 0, 0, 0, 0, 0, 0, 0.9987, 0, 0.0013],
  model_version: "v1",
  id: "0197",
  uncertain: true,
  input: "data:image/png;base64,BBBB",
};

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status });
}

/** A client whose every call gets this answer, and the calls that it made. */
function clientThatGets(answer: () => Response | Promise<Response>) {
  const send = vi.fn(async (_url: RequestInfo | URL, _init?: RequestInit) => answer());
  return { client: createClient("https://api.example", send), send };
}

/** Never answers, but heeds the signal as fetch does. */
const silence: typeof fetch = (_url, init) =>
  new Promise((_, reject) => {
    init?.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
  });

afterEach(() => vi.useRealTimers());

describe("predict", () => {
  it("posts the picture and gives the answer", async () => {
    const { client, send } = clientThatGets(() => json(BODY));
    expect(await client.predict(PICTURE)).toEqual({
      digit: 7,
      confidence: 0.9987,
      probabilities: BODY.probabilities,
      id: "0197",
      modelVersion: "v1",
      uncertain: true,
      input: "data:image/png;base64,BBBB",
      digits: [],
    });
    const [url, init] = send.mock.calls[0] ?? [];
    expect(url).toBe("https://api.example/predict");
    expect(init?.method).toBe("POST");
    expect(JSON.parse(String(init?.body))).toEqual({ image: PICTURE, explain: true });
  });

  it("gives the digits of a number, each with its place", async () => {
    const [four, seven] = [
      { prediction: 4, confidence: 0.9, uncertain: false, id: "a", box: [10, 20, 30, 40] },
      { prediction: 7, confidence: 0.6, uncertain: true, id: "b", box: [50, 20, 30, 40] },
    ];
    const { client } = clientThatGets(() => json({ ...BODY, number: "47", digits: [four, seven] }));
    const { number, digits } = await client.predict(PICTURE);
    expect(number).toBe("47");
    expect(digits.map(({ digit, id, box }) => [digit, id, box])).toEqual([
      [4, "a", four?.box],
      [7, "b", seven?.box],
    ]);
    expect(digits.map(({ uncertain, modelVersion }) => [uncertain, modelVersion])).toEqual([
      [false, "v1"],
      [true, "v1"],
    ]);
  });

  it.each([
    ["no digits", undefined],
    ["one digit", [{ prediction: 4, confidence: 0.9, box: [1, 2, 3, 4] }]],
    [
      "a digit without a place",
      [
        { prediction: 4, confidence: 0.9 },
        { prediction: 4, confidence: 0.9 },
      ],
    ],
  ])("takes a number with %s for none", async (_, digits) => {
    const { client } = clientThatGets(() => json({ ...BODY, number: "47", digits }));
    expect(await client.predict(PICTURE)).toMatchObject({ digit: 7, number: undefined, digits: [] });
  });

  it("says how many digits there are where a person has said so", async () => {
    const { client, send } = clientThatGets(() => json(BODY));
    await client.predict(PICTURE, undefined, "several");
    expect(JSON.parse(String(send.mock.calls[0]?.[1]?.body))).toEqual({
      image: PICTURE,
      explain: true,
      digits: "several",
    });
  });

  it("makes an id and bars itself where the API sends none", async () => {
    const { client } = clientThatGets(() => json({ prediction: 3, confidence: 0.5 }));
    const answer = await client.predict(PICTURE);
    expect(answer.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(answer.probabilities).toEqual([0, 0, 0, 0.5, 0, 0, 0, 0, 0, 0]);
    expect(answer.uncertain).toBe(false);
    expect(answer.modelVersion).toBeUndefined();
  });

  it("calls uncertain what is less likely than all else", async () => {
    const { client } = clientThatGets(() => json({ ...BODY, confidence: 0.49, uncertain: false }));
    expect((await client.predict(PICTURE)).uncertain).toBe(true);
  });

  it.each([
    [400, "refused", false],
    [413, "refused", false],
    [429, "busy", true],
    [500, "broken", true],
    [503, "broken", true],
  ])("tells the API's own sentence on %i", async (status, kind, retryable) => {
    const { client } = clientThatGets(() => json({ error: "Say it in a sentence." }, status));
    const error: unknown = await client.predict(PICTURE).catch((reason) => reason);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ message: "Say it in a sentence.", kind, status, retryable });
  });

  it("has a sentence of its own where the API's gateway has had too many requests", async () => {
    const { client } = clientThatGets(() => json({ message: "Too Many Requests" }, 429));
    await expect(client.predict(PICTURE)).rejects.toMatchObject({
      kind: "busy",
      message: strings.errors.busy,
      retryable: true,
    });
  });

  it("has a sentence of its own where a gateway answers in HTML", async () => {
    const { client } = clientThatGets(() => new Response("<h1>Bad gateway</h1>", { status: 502 }));
    await expect(client.predict(PICTURE)).rejects.toMatchObject({
      message: strings.errors.broken,
      status: 502,
    });
  });

  it.each([
    ["text", () => new Response("OK")],
    ["another shape", () => json([7])],
    ["a digit that is none", () => json({ ...BODY, prediction: 10 })],
    ["no confidence", () => json({ prediction: 7 })],
  ])("does not take %s for an answer", async (_, answer) => {
    const { client } = clientThatGets(answer);
    await expect(client.predict(PICTURE)).rejects.toMatchObject({ message: strings.errors.unreadable });
  });

  it("says that the API cannot be reached when the network fails", async () => {
    const { client } = clientThatGets(() => Promise.reject(new TypeError("Failed to fetch")));
    await expect(client.predict(PICTURE)).rejects.toMatchObject({ kind: "unreachable", retryable: true });
  });

  it("gives up after its time", async () => {
    vi.useFakeTimers();
    const failed = expect(createClient("", silence).predict(PICTURE)).rejects.toMatchObject({
      kind: "timeout",
    });
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS.predict);
    await failed;
  });

  it("ends with the caller's reason when it is aborted, which is no failure of the API", async () => {
    const control = new AbortController();
    const failed = expect(createClient("", silence).predict(PICTURE, control.signal)).rejects.toMatchObject({
      name: "AbortError",
    });
    control.abort();
    await failed;
  });

  it("sends nothing when it was aborted before", async () => {
    const { client, send } = clientThatGets(() => json(BODY));
    await expect(client.predict(PICTURE, AbortSignal.abort())).rejects.toMatchObject({ name: "AbortError" });
    expect(send).not.toHaveBeenCalled();
  });
});

describe("takeBack", () => {
  it("says which row is taken back, and ends once the API has taken it", async () => {
    const { client, send } = clientThatGets(() => json({ status: "success", message: "It is taken back." }));
    await client.takeBack("a");
    const [url, init] = send.mock.calls[0] ?? [];
    expect(url).toBe("https://api.example/save_feedback");
    expect(JSON.parse(String(init?.body))).toEqual({ id: "a", taken_back: true });
  });

  it("is not done where something else says 200", async () => {
    const { client } = clientThatGets(() => json({ hotel: "welcome" }));
    await expect(client.takeBack("a")).rejects.toMatchObject({ kind: "broken" });
  });
});

describe("saveFeedback", () => {
  it("posts the record as it is", async () => {
    const { client, send } = clientThatGets(() => json({ status: "success", message: "Saved.", id: "a" }));
    const record: FeedbackRecord = {
      id: "a",
      image: PICTURE,
      label: "NaN",
      prediction: 1,
      confidence: 0.4,
      model_version: "v1",
      source: "corrected",
    };
    await client.saveFeedback(record);
    const [url, init] = send.mock.calls[0] ?? [];
    expect(url).toBe("https://api.example/save_feedback");
    expect(init?.headers).toEqual({ "Content-Type": "application/json" });
    expect(JSON.parse(String(init?.body))).toEqual(record);
  });

  it.each([{}, { status: "ok" }, [], null])(
    "takes for saved only what the API calls so, not %j",
    async (body) => {
      const { client } = clientThatGets(() => json(body));
      const record: FeedbackRecord = { id: "a", image: PICTURE, label: 7, source: "training" };
      await expect(client.saveFeedback(record)).rejects.toMatchObject({ kind: "broken", retryable: true });
    },
  );
});

describe("openCsv", () => {
  it("hands the file over", async () => {
    const { client } = clientThatGets(() => new Response("label,pixel0\n"));
    expect(await (await client.openCsv()).text()).toBe("label,pixel0\n");
  });

  it("tells the API's sentence when there is no file yet", async () => {
    const sentence = "CSV file not found. Submit some feedback first.";
    const { client } = clientThatGets(() => json({ error: sentence }, 404));
    await expect(client.openCsv()).rejects.toMatchObject({ message: sentence, status: 404 });
  });
});

describe("get", () => {
  it("gives what a route answers, never from a cache", async () => {
    const { client, send } = clientThatGets(() => json({ rows: 3 }));
    expect(await client.get("/feedback/summary")).toEqual({ rows: 3 });
    expect(send).toHaveBeenCalledWith(
      "https://api.example/feedback/summary",
      expect.objectContaining({ cache: "no-store" }),
    );
  });

  it.each([
    [401, "refused"],
    [429, "busy"],
    [503, "broken"],
  ])("tells why it failed with %i", async (status, kind) => {
    const { client } = clientThatGets(() => json({ error: "No." }, status));
    await expect(client.get("/model")).rejects.toMatchObject({ kind, message: "No.", status });
  });
});
