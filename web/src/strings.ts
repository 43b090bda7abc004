import type { Digit, Label } from "./api/client";

/** A probability for people: rounded down, so that 100 % means certain. */
function percent(probability: number): string {
  return `${(Math.floor(probability * 1000 + 1e-9) / 10).toFixed(1)} %`;
}

function answers(count: number): string {
  return count === 1 ? "1 answer" : `${count} answers`;
}

function drawings(count: number): string {
  return count === 1 ? "1 drawing" : `${count.toLocaleString("en")} drawings`;
}

function waitingFor(count: number): string {
  if (count === 0) return "No drawing waits for the next retraining.";
  return `${drawings(count)} ${count === 1 ? "waits" : "wait"} for the next retraining.`;
}

function named(label: Label): string {
  return label === "NaN" ? "not a digit" : String(label);
}

const TITLE = "Digit recogniser";

/** Every English word of the page. Another language is another object of this shape. */
export const strings = {
  title: TITLE,
  tagline: "Draw a digit, see it read.",
  percent,
  drawings,
  named,
  skip: "Skip to the page",
  pages: {
    label: "Pages",
    draw: { tab: "Draw", title: `${TITLE}: draw a digit, see it read` },
    train: { tab: "Train", title: `Train – ${TITLE}` },
    data: { tab: "Data", title: `Data – ${TITLE}` },
    model: { tab: "Model", title: `Model – ${TITLE}` },
  },
  loading: "Loading…",
  reload: "Try again",
  failedPage: "This page could not be loaded.",
  connection: {
    offline: "You are offline. Draw on: what you answer is kept and sent later.",
    unreachable: "The recogniser cannot be reached right now. Trying again…",
    busy: "Too many requests at once. Trying again…",
  },
  canvas: {
    heading: "Draw",
    label: "Drawing field",
    description:
      "Draw one digit from 0 to 9 here with the mouse, a finger or a pen, or choose a picture of a digit with the button below.",
    hint: "Draw a digit here",
    predict: "Predict",
    clear: "Clear",
    undo: "Undo",
    redo: "Redo",
    pen: (size: number) => `Pen width: ${["fine", "medium", "thick"][size] ?? size}. Change it`,
    choose: "Choose a picture of a digit",
    drop: "Drop the picture here",
  },
  picture: {
    empty: "This file is empty: choose a picture of a digit.",
    kind: "This is no picture: choose a PNG, JPEG, WebP, GIF or BMP.",
    damaged: "This picture cannot be opened: choose another one.",
    large: "This picture is too large: choose one of at most 16 megapixels.",
  },
  shortcuts: {
    heading: "Keys",
    switch: "Use single keys",
    list: [
      ["Z", "undo"],
      ["Y", "redo"],
      ["Esc", "clear"],
      ["Enter", "predict"],
      ["0 – 9", "say what it is"],
      ["N", "not a digit"],
    ],
  },
  answer: {
    heading: "Answer",
    none: "–",
    empty: "Nothing drawn yet",
    emptyHint: "Large or small, anywhere on the field.",
    drawing: "Drawing…",
    drawingHint: "The answer comes when you lift the pen.",
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
    again: "Trying again by itself.",
    retry: "Try again",
    bars: "Probability of each digit",
    bar: (digit: number, probability: number) => `${digit}: ${percent(probability)}`,
    model: (version: string) => `Model ${version}`,
    seen: "What the model saw",
    seenAlt: "The 28×28 pixels that the model saw",
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
    held: (label: Label) => `Saving as ${named(label)}…`,
    undo: "Undo",
    sending: "Saving…",
    saved: (label: Label) => `Saved as ${named(label)}. Thank you!`,
    given: (count: number) => `You gave ${drawings(count)} so far.`,
    kept: (label: Label) => `Could not send “${named(label)}” yet, so it is kept on this device.`,
    pending: (count: number) =>
      `${answers(count)} ${count === 1 ? "is" : "are"} kept on this device, not sent yet.`,
    delivered: (count: number) =>
      `Saved: ${answers(count)} kept on this device ${count === 1 ? "was" : "were"} sent.`,
    retry: "Send again",
    retrying: "Sending…",
  },
  training: {
    heading: "Teach the next model",
    intro: "Draw what is asked for, your way. It asks for what the data lacks.",
    ask: (digit: Digit) => `Draw a ${digit}`,
    label: (digit: Digit) => `Drawing field for a ${digit}`,
    next: "Save, next",
    skip: "Skip",
    progress: "Progress of this round",
    count: (done: number, all: number) => `${done} of ${all}`,
    streak: (count: number) => `${count} in a row read right`,
    fooled: (count: number) => (count === 1 ? "fooled it once" : `fooled it ${count} times`),
    first: "What the model would have said comes here.",
    saving: "Saving…",
    right: (digit: Digit, confidence: number) =>
      `The model would have read this ${digit} right (${percent(confidence)}).`,
    wrong: (label: Digit, digit: Digit, confidence: number) =>
      `The model would have taken this ${label} for a ${digit} (${percent(confidence)}): a drawing to learn from!`,
    unasked: (label: Digit) => `Saved as ${label}. The model could not be asked.`,
    undo: "Take back",
    kept: (count: number) => `${drawings(count)} kept on this device until the recogniser can be reached.`,
    waiting: waitingFor,
    doneHeading: "A round well drawn!",
    done: (right: number, fooled: number) =>
      `The model would have read ${right} right${fooled > 0 ? `, and you fooled it ${fooled === 1 ? "once" : `${fooled} times`}` : ""}. All are saved for the next retraining.`,
    again: "Another round",
    drawn: (label: Digit, digit: Digit | undefined) =>
      digit === undefined ? `A drawn ${label}` : `A drawn ${label}, read as ${digit}`,
  },
  data: {
    heading: "What was collected",
    empty: "Nothing collected yet",
    emptyHint: "Each answer on the Draw page and each drawing on the Train page becomes a row here.",
    start: "Draw the first digit",
    rows: "rows",
    confirmed: "confirmed",
    corrected: "corrected",
    training: "training",
    agreed: "read right",
    agreedHint: "of the drawings that the model read and a person judged",
    waiting: "wait for retraining",
    waitingHint: waitingFor,
    drift: (said: string) => `Something has moved. ${said}`,
    perLabel: "Rows per digit",
    perDay: "Rows per day",
    notADigitShort: "×",
    noDigit: "no digit",
    notADigit: "not a digit",
    means: "The mean of each digit",
    mean: (digit: number, count: number) => `The mean of ${count} drawings of ${digit}`,
    noMean: (digit: number) => `No drawing of ${digit} yet`,
    matrix: "What is taken for what",
    matrixHint: "Each row is what the model read, each column what it was; × is no digit.",
    read: "read as",
    was: "was",
    cell: (count: number, read: number, was: Label) => `${count} read as ${read}, ${named(was)} in truth`,
    noMatrix: "Nothing judged yet: say right or wrong on the Draw page.",
    gallery: "The latest drawings",
    filter: "Show",
    all: "all",
    onlyMistakes: "Only mistakes",
    more: (count: number) => `Show ${count} more`,
    noMatch: "None of the latest drawings is like that.",
    drawing: (label: Label, prediction: Digit | undefined) =>
      `${label === "NaN" ? "Not a digit" : `A ${label}`}${prediction === undefined ? "" : `, read as ${prediction}`}`,
    readAs: (prediction: Digit) => `read as ${prediction}`,
    refresh: "Refresh",
    chart: (name: string, values: readonly (readonly [string, number])[]) =>
      `${name}: ${values.map(([label, count]) => `${label}: ${count}`).join(", ")}.`,
  },
  model: {
    heading: "The model in service",
    created: (when: string) => `Made ${when}`,
    card: "Its card, as data",
    figures: "How well it does",
    noFigures: "Its card gives no figures.",
    names: {
      mnist_accuracy: ["MNIST test images", "10,000 scanned digits that it never saw"],
      writers_accuracy: ["Writers never seen", "mean over sizes, pens and places"],
      writers_worst_cell_accuracy: ["Its worst size and pen", "of those writers"],
      calibration_error: ["Calibration error", "how far confidence is from truth; 0 is perfect"],
      non_digit_auc: ["Digit or not", "area under the ROC curve; 1 is perfect"],
      inference_ms: ["Time to read", "one picture, one core"],
    },
    history: "Before and after each retraining",
    historyHint: "Accuracy in % on the same held-out pictures.",
    noHistory: "This is the first model in service: no retraining yet. The next one shows here beside it.",
    version: "Version",
    when: "In service since",
    inService: "in service",
    rolledBack: "taken back to",
    learned: "Learned from",
    learnedFrom: (rows: number) => `It learned from ${drawings(rows)} that people gave.`,
    chart: (version: string, figure: string, value: string) => `${version}: ${figure} ${value}`,
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
    busy: "Too many requests at once. Please wait a moment.",
    broken: "The recogniser has a problem. Please try again in a moment.",
    unreadable: "The recogniser gave an answer that cannot be read. Please try again in a moment.",
    refused: (status: number) => `The recogniser refused this request (status ${status}).`,
  },
} as const;
