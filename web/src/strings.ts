import type { Label } from "./api/client";

/** A probability for people: rounded down, so that 100 % means certain. */
function percent(probability: number): string {
  return `${(Math.floor(probability * 1000 + 1e-9) / 10).toFixed(1)} %`;
}

function answers(count: number): string {
  return count === 1 ? "1 answer" : `${count} answers`;
}

function named(label: Label): string {
  return label === "NaN" ? "not a digit" : String(label);
}

/** Every English word of the page. Another language is another object of this shape. */
export const strings = {
  title: "Digit recogniser",
  tagline: "Draw a digit, see it read.",
  percent,
  canvas: {
    heading: "Draw",
    label: "Drawing field",
    description: "Draw one digit from 0 to 9 here with the mouse, a finger or a pen.",
    hint: "Draw a digit here",
    predict: "Predict",
    clear: "Clear",
  },
  answer: {
    heading: "Answer",
    none: "–",
    empty: "Nothing drawn yet",
    emptyHint: "Large or small, anywhere on the field.",
    drawing: "Drawing…",
    drawingHint: "The answer comes when you pause.",
    waiting: "Reading…",
    waitingHint: "The first answer may take a few seconds.",
    sure: (digit: number) => `This is a ${digit}`,
    unsure: (digit: number) => `Not sure — is it a ${digit}?`,
    confidence: "confidence",
    announced: (digit: number, confidence: number, uncertain: boolean) =>
      uncertain
        ? `Not sure. Is it a ${digit}? Confidence ${percent(confidence)}.`
        : `This is a ${digit}. Confidence ${percent(confidence)}.`,
    failed: "No answer",
    retry: "Try again",
    bars: "Probability of each digit",
    bar: (digit: number, probability: number) => `${digit}: ${percent(probability)}`,
    model: (version: string) => `Model ${version}`,
  },
  feedback: {
    heading: "Was it right?",
    correct: "Right",
    wrong: "Wrong",
    choose: "What is it then?",
    label: (label: Label) => (label === "NaN" ? "It is not a digit" : `It is a ${label}`),
    notADigit: "Not a digit",
    invite: "Your answer teaches the next model.",
    early: "Draw something first; then you can say.",
    sending: "Saving…",
    saved: (label: Label) => `Saved as ${named(label)}. Thank you!`,
    kept: (label: Label) => `Could not send “${named(label)}” yet, so it is kept on this device.`,
    pending: (count: number) =>
      `${answers(count)} ${count === 1 ? "is" : "are"} kept on this device, not sent yet.`,
    delivered: (count: number) =>
      `Saved: ${answers(count)} kept on this device ${count === 1 ? "was" : "were"} sent.`,
    retry: "Send again",
    retrying: "Sending…",
  },
  download: {
    link: "Download CSV",
    hint: "All answers so far, as labels and 28×28 pixels.",
    busy: "Preparing the file…",
    fileName: "user_pixel_data.csv",
  },
  theme: {
    toDark: "Switch to the dark theme",
    toLight: "Switch to the light theme",
  },
  errors: {
    unreachable: "The recogniser cannot be reached. Check your connection.",
    timeout: "The recogniser took too long to answer. Please try again.",
    broken: "The recogniser has a problem. Please try again in a moment.",
    unreadable: "The recogniser gave an answer that cannot be read. Please try again in a moment.",
    refused: (status: number) => `The recogniser refused this request (status ${status}).`,
  },
} as const;
