import { LIKELY, NUMBER_SHOWN } from "../config";
import type { Digit, Label } from "../label";
import { formatsOf } from "./format";

const formats = formatsOf("en-GB", "k", "M"); // English that puts the day first
const { number, percent } = formats;

function answers(count: number): string {
  return count === 1 ? "1 answer" : `${number(count)} answers`;
}

function drawings(count: number): string {
  return count === 1 ? "1 drawing" : `${number(count)} drawings`;
}

function are(count: number): string {
  return count === 1 ? "is" : "are";
}

function waitingFor(count: number): string {
  if (count === 0) return "No drawing waits for the next retraining.";
  return `${drawings(count)} ${count === 1 ? "waits" : "wait"} for the next retraining.`;
}

function named(label: Label | string): string {
  return String(label).replaceAll("NaN", "not a digit");
}

/** The place of a digit in a number, counted from 0. */
function nth(place: number): string {
  const count = place + 1;
  const ending = count % 100 > 10 && count % 100 < 14 ? "th" : (["th", "st", "nd", "rd"][count % 10] ?? "th");
  return ORDINALS[place] ?? `${count}${ending}`;
}

const ORDINALS = [
  "first",
  "second",
  "third",
  "fourth",
  "fifth",
  "sixth",
  "seventh",
  "eighth",
  "ninth",
  "tenth",
];

/** Which digits of a number are unsure: two by their places, more by how many they are. */
function unsure(places: readonly number[], all: number): string {
  if (places.length > 2) return `${places.length} of ${all} are unsure`;
  return `the ${places.map(nth).join(" and the ")} ${are(places.length)} unsure`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A digit with its article: a 7, but an 8. */
function a(digit: number): string {
  return `${digit === 8 ? "an" : "a"} ${digit}`;
}

/** The same at the beginning of a sentence. */
function A(digit: number): string {
  return `${digit === 8 ? "An" : "A"} ${digit}`;
}

/** What was read. What the recogniser had better have asked about is asked, and never with a number beside it. */
function said(digit: number, confidence: number, uncertain: boolean): string {
  if (!uncertain) return `This is ${a(digit)}`;
  return confidence < LIKELY ? `No clear digit — is it ${a(digit)}?` : `Perhaps ${a(digit)}. Is it?`;
}

/** One digit of a number: its place, counted from 0, what was read, and what it was said to be. */
interface DigitOfNumber {
  readonly nth: number;
  readonly digit: number;
  readonly confidence: number;
  readonly uncertain: boolean;
  readonly said: Label | string | undefined;
}

/** A part of the drawing: of three rows and three columns, which one. */
interface Place {
  readonly row: 0 | 1 | 2;
  readonly column: 0 | 1 | 2;
}

const PLACES = [
  ["at the top left", "at the top", "at the top right"],
  ["on the left", "in the middle", "on the right"],
  ["at the bottom left", "at the bottom", "at the bottom right"],
] as const;

/** Where storage is full or blocked. */
const UNTIL_CLOSED: string = "until you close this page";

const TITLE = "Digit recogniser";

type Figure =
  | "mnist_accuracy"
  | "writers_accuracy"
  | "writers_worst_cell_accuracy"
  | "calibration_error"
  | "non_digit_auc"
  | "inference_ms";
type Name = readonly [name: string, meaning: string];

/** The figures of a model's card: what each is called, and what it means to a person. */
const FIGURES: Record<Figure, Name> = {
  mnist_accuracy: ["MNIST test images", "10,000 scanned digits that it never saw"],
  writers_accuracy: ["Writers never seen", "mean over sizes, pens and places"],
  writers_worst_cell_accuracy: ["Its worst size and pen", "of those writers"],
  calibration_error: [
    "How honest its percentages are",
    "of 100 answers at 90 %, about 90 should be right; this is the mean gap between the two, 0 is none",
  ],
  non_digit_auc: [
    "Digit or not",
    "how often, of a digit and a scribble, it finds the digit the likelier one; 1 is always",
  ],
  inference_ms: ["Time to read", "one picture, one core"],
};

/** The keys, and what they do. */
const KEYS: readonly (readonly [string, string])[] = [
  ["Z", "undo"],
  ["Y", "redo"],
  ["Esc", "clear"],
  ["Enter", "predict"],
  ["0 – 9", "say what it is"],
  ["N", "not a digit"],
];

/** Every English word of the page. Another language is another object of this shape. */
export const en = {
  title: TITLE,
  tagline: "Draw a digit, see it read.",
  ...formats,
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
  nothingHere: {
    heading: "There is nothing at this address",
    hint: "Perhaps a letter of it is wrong.",
    home: "To the digit recogniser",
  },
  loading: "Loading…",
  reload: "Try again",
  failedPage: "This page could not be loaded.",
  connection: {
    offline: (lasting: boolean) =>
      lasting
        ? "You are offline. Answers are kept and sent later."
        : `You are offline, and this device keeps nothing. What you answer waits ${UNTIL_CLOSED}.`,
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
    photograph: "Photo",
    drop: "Drop the picture here",
  },
  picture: {
    empty: "This file is empty: choose a picture of a digit.",
    opening: "Opening the picture…",
    kind: "This is no picture: choose a JPEG, PNG, WebP, GIF or BMP.",
    pdf: "A PDF is no picture: choose a photo or a screenshot of its page.",
    svg: "An SVG is a drawing without pixels: save it as a PNG and choose that.",
    heic: "This browser cannot open HEIC photos: choose a JPEG, or let the camera take them as “most compatible”.",
    damaged: "This picture cannot be opened: choose another one, as a JPEG or PNG.",
    incomplete: "The end of this picture is missing: copy or download it again, then choose it.",
    large: (megapixels: number, most: number) =>
      `This picture has ${Math.round(megapixels)} megapixels: choose one of at most ${most}, or a JPEG, which may have more.`,
    guarded:
      "This browser guards against fingerprinting and lets no page read a picture. Allow it for this page and choose again, or draw the digit.",
  },
  shortcuts: {
    heading: "Keyboard shortcuts",
    switch: "Use single keys",
    list: KEYS,
  },
  answer: {
    heading: "Answer",
    none: "–",
    empty: "Nothing drawn yet",
    emptyHint: "One digit of any size, anywhere on it.",
    drawing: "Drawing…",
    drawingHint: "It reads along until you lift the pen.",
    waiting: "Reading…",
    waitingHint: "The first answer may take a few seconds.",
    said,
    saidNumber: (number: string, all: number) =>
      number.length > NUMBER_SHOWN ? `These are ${all} digits` : `This reads ${number}`,
    several: (places: readonly number[], all: number) =>
      places.length === 0 ? "Each digit is read by itself." : `${capital(unsure(places, all))}.`,
    announcedNumber: (number: string, places: readonly number[], all: number) => {
      const digits = number
        .split(" ")
        .map((line) => [...line].join(", "))
        .join("; then ");
      return `${digits}${places.length > 0 ? `; ${unsure(places, all)}` : ""}.`;
    },
    digits: "The digits, each with how sure it is",
    digitOf: ({ nth: place, digit, confidence, uncertain, said: label }: DigitOfNumber) => {
      const what = uncertain
        ? `perhaps ${a(digit)}`
        : `${digit}, ${percent(confidence).replace(" ", "\u00a0")}`;
      const read = `${capital(nth(place))} digit: ${what}`;
      return label === undefined ? read : `${read}; you said ${named(label)}`;
    },
    confidence: "confidence",
    unsure: "Too unsure for a number.",
    announced: (digit: number, confidence: number, uncertain: boolean) =>
      uncertain
        ? said(digit, confidence, uncertain)
        : `${said(digit, confidence, uncertain)}. Confidence ${percent(confidence)}.`,
    failed: "No answer",
    again: "Trying again by itself.",
    retry: "Try again",
    bars: "Probability of each digit",
    bar: (digit: number, probability: number) => `${digit}: ${percent(probability)}`,
    seen: "What the model saw",
    why: "Why?",
    seenAlt: "The 28×28 pixels that the model saw",
  },
  why: {
    heading: (digit: number) => `Why ${a(digit)}?`,
    close: "Close",
    looking: "Looking closer…",
    speaksFor: (digit: number) => `speaks for ${a(digit)}`,
    told: (digit: number, where: Place | undefined, next: number, whereNext: Place | undefined) => {
      const first = where
        ? `What speaks most for ${a(digit)} is ${PLACES[where.row][where.column]}.`
        : `No part of it alone speaks for ${a(digit)}.`;
      return whereNext
        ? `${first} It might have been ${a(next)} for what is ${PLACES[whereNext.row][whereNext.column]}.`
        : `${first} ${A(next)} comes next, but nothing in it speaks for that.`;
    },
    alike: "Collected drawings that look most alike",
    share: "Share as a picture",
    fileName: "digit.png",
  },
  feedback: {
    heading: "Was it right?",
    headingOf: (place: number, digit: number) => `Is the ${nth(place)} digit ${a(digit)}?`,
    correct: "Right",
    wrong: "Wrong",
    allCorrect: "All right",
    restCorrect: "Rest right",
    oneDigit: "It is one digit",
    severalDigits: "Several digits",
    choose: "What is it then?",
    close: "Close",
    label: (label: Label) => (label === "NaN" ? "It is not a digit" : `It is ${a(label)}`),
    notADigit: "Not a digit",
    invite: "Your answer teaches the next model.",
    early: "Draw something first; then you can say.",
    soon: "You can say once it is read.",
    several: "Tap a digit to judge it alone.",
    joined:
      "Several digits cannot be told apart in it: leave more room between them, or keep it as “Not a digit”.",
    unread: "It could not be read, but you can say which digit it is.",
    unusable: "What cannot be read cannot be judged either.",
    say: "Say what it is",
    /** What becomes of an answer, beside the buttons that give it. */
    terms: (ofPhoto: boolean, lasting: boolean) =>
      `What you answer is kept without a name, with ${
        ofPhoto
          ? "28×28 pixels of the digit, never the photo,"
          : "the drawing as picture and as 28×28 pixels,"
      } for whoever may download it${lasting ? "; on Train you can take it back" : ""}.`,
    more: "What is in it",
    held: (label: Label | string) => `Saving as ${named(label)}…`,
    undo: "Undo",
    sending: "Saving…",
    saved: (label: Label | string) => `Saved as ${named(label)}. Thank you!`,
    given: (count: number) => `You gave ${drawings(count)} so far.`,
    kept: (label: Label | string, lasting: boolean) =>
      `Could not send “${named(label)}” yet, so it is kept ${lasting ? "on this device" : UNTIL_CLOSED}.`,
    pending: (count: number, lasting: boolean) =>
      `${answers(count)} ${are(count)} kept ${lasting ? "on this device" : UNTIL_CLOSED}, not sent yet.`,
    delivered: (count: number) =>
      `Saved: ${answers(count)} kept on this device ${count === 1 ? "was" : "were"} sent.`,
    retry: "Send again",
    retrying: "Sending…",
  },
  refused: {
    heading: (count: number) => `Not saved: ${answers(count)} ${count === 1 ? "was" : "were"} refused`,
    drawing: (label: Label) => `A drawing, answered as ${named(label)}`,
    resend: "Send again",
    discard: "Give up",
  },
  training: {
    heading: "Teach the next model",
    intro: "Draw what is asked for, your way. It asks for what the data lacks.",
    ask: (digit: Digit) => `Draw ${a(digit)}`,
    label: (digit: Digit) => `Drawing field for ${a(digit)}`,
    next: "Save, next",
    skip: "Skip",
    progress: "Progress of this round",
    count: (done: number, all: number, saved: number) => `${done} of ${all}, ${saved} saved`,
    streak: (count: number) => `${count} in a row read right`,
    fooled: (count: number) => (count === 1 ? "fooled it once" : `fooled it ${count} times`),
    first: "What the model would have said comes here.",
    saving: "Saving…",
    right: (digit: Digit, confidence: number) =>
      `The model would have read this ${digit} right (${percent(confidence)}).`,
    wrong: (label: Digit, digit: Digit, confidence: number) =>
      `The model would have taken this ${label} for ${a(digit)} (${percent(confidence)}): a drawing to learn from!`,
    doubt: (label: Digit, digit: Digit) => `I see ${a(digit)}. Did you mean to draw ${a(label)}?`,
    keep: (label: Digit) => `Keep it as ${a(label)}`,
    keptAs: (label: Digit) => `Kept as ${a(label)}, as you say.`,
    unasked: (label: Digit) => `${A(label)}. The model could not be asked about it.`,
    undo: "Take back",
    kept: (count: number, lasting: boolean) =>
      `${drawings(count)} kept on this device until ${lasting ? "" : "you close this page or "}the recogniser can be reached.`,
    waiting: waitingFor,
    doneHeading: "A round well drawn!",
    done: (right: number, fooled: number) =>
      `The model would have read ${right} right${fooled > 0 ? `, and you fooled it ${fooled === 1 ? "once" : `${fooled} times`}` : ""}.`,
    saved: (saved: number, waiting: number, refused: number) => {
      if (waiting === 0 && refused === 0) return "All are saved for the next retraining.";
      const parts = [
        saved === 0 ? `None is saved${waiting > 0 ? " yet" : ""}` : `${saved} ${are(saved)} saved`,
      ];
      if (waiting > 0) parts.push(`${waiting} ${waiting === 1 ? "waits" : "wait"} to be sent`);
      if (refused > 0) parts.push(`${refused} ${refused === 1 ? "was" : "were"} refused`);
      return `${parts.join(", ")}.`;
    },
    notSaved: { waiting: "not sent yet", refused: "refused", gone: "given up", saved: "" },
    again: "Another round",
    drawn: (label: Digit, digit: Digit | undefined) =>
      digit === undefined ? `A drawn ${label}` : `A drawn ${label}, read as ${digit}`,
  },
  yours: {
    heading: "Your drawings",
    intro:
      "They were given from this device, which alone knows that they are yours. What you take back is left out of the collection and teaches no model from now on.",
    said: (label: Label) => (label === "NaN" ? "Not a digit" : A(label)),
    read: (before: Digit | undefined, now: Digit | undefined) => {
      if (before === undefined) return now === undefined ? "not read" : `read today as ${now}`;
      if (now === undefined) return `read as ${before}`;
      return before === now ? `read as ${before}, then and today` : `read as ${before}, today as ${now}`;
    },
    older: (at: string) => `given on ${formats.day(at)}; its picture is not kept here any more`,
    takeBack: "Take back",
    takeBackOf: (label: Label) =>
      label === "NaN" ? "Take back the drawing that is not a digit" : `Take back the ${label}`,
    takenBack: (label: Label, done: boolean) => {
      const what = label === "NaN" ? "The drawing that is not a digit" : `The ${label}`;
      return done ? `${what} is taken back.` : `${what} is being taken back…`;
    },
    leaving: "Being taken back: it is tried until the recogniser can be reached.",
    unasked: (count: number) =>
      `A new model is in service; it was not asked about ${drawings(count)} of yours yet.`,
    ask: "Ask it now",
    learned: (learned: boolean, readNow: number, mistakes: number) => {
      const who = learned ? "A new model learned from yours" : "Another model is in service now";
      const which = mistakes === 1 ? "your one mistake" : `your ${mistakes} mistakes`;
      if (readNow === 0)
        return `${who}; it still takes ${mistakes === 1 ? which : `all ${which}`} for another digit.`;
      return `${who}: ${mistakes === 1 ? `it reads ${which} now` : `${readNow} of ${which} are read now`}.`;
    },
    more: (count: number) => `Show ${count} more`,
  },
  data: {
    token: {
      heading: "Only for those who have the token",
      hint: "Whoever runs this page keeps the collection to themselves. Their token opens it here and for the download, until you close this page.",
      label: "Token",
      refused: "This is not the token. Check each letter.",
      use: "Open",
    },
    heading: "What was collected",
    empty: "Nothing collected yet",
    emptyHint: "Each answer on the Draw page and each drawing on the Train page comes here.",
    start: "Draw the first digit",
    rows: "answers",
    sources: { confirmed: "confirmed", corrected: "corrected", training: "training" },
    confirmed: "confirmed",
    corrected: "corrected",
    training: "training",
    agreed: "read right",
    agreedHint: "of the drawings that the model read and a person judged",
    waiting: "wait for retraining",
    waitingHint: waitingFor,
    drift: "Something has moved.",
    perLabel: "Answers per digit",
    perDay: "Answers per day",
    notADigitShort: "×",
    noDigit: "no digit",
    notADigit: "not a digit",
    means: "The mean of each digit",
    mean: (digit: number, count: number) => `The mean of ${number(count)} drawings of ${digit}`,
    noMean: (digit: number) => `No drawing of ${digit} yet`,
    matrix: "What is taken for what",
    matrixHint: "Each row is what the model read, each column what it was; × is no digit.",
    read: "read as",
    was: "was",
    cell: (count: number, read: number, was: Label) =>
      `${number(count)} read as ${read}, ${named(was)} in truth`,
    noMatrix: "Nothing judged yet: say right or wrong on the Draw page.",
    gallery: "The latest drawings",
    filter: "Show",
    all: "all",
    onlyMistakes: "Only mistakes",
    more: (count: number) => `Show ${count} more`,
    noMatch: "None of the latest drawings is like that.",
    drawing: (label: Label, prediction: Digit | undefined) =>
      `${label === "NaN" ? "Not a digit" : A(label)}${prediction === undefined ? "" : `, read as ${prediction}`}`,
    readAs: (prediction: Digit) => `read as ${prediction}`,
    refresh: "Refresh",
    chart: (name: string, values: readonly (readonly [string, number])[]) =>
      `${name}: ${values.map(([label, count]) => `${label}: ${number(count)}`).join(", ")}.`,
  },
  model: {
    heading: "The model in service",
    named: (day: string) => `Model of ${day}`,
    id: (version: string) => `Version ${version}`,
    details: "Its version",
    builtIn: "It came with the program.",
    gained: (rows: number, before: number, after: number) =>
      `Of ${drawings(rows)} that it had not seen it names ${percent(after)} as people labelled them, the one before it ${percent(before)}. It does no worse elsewhere than is allowed.`,
    cameBack: "It came back, because of the one after it:",
    card: "Its card, as data",
    figures: "How well it does",
    noFigures: "Its card gives no figures.",
    names: FIGURES,
    history: "Before and after each retraining",
    historyHint: "Accuracy in % on the same held-out pictures.",
    noHistory: "This is the first model in service: no retraining yet. The next one shows here beside it.",
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
    open: "Your drawings and answers join a collection that others may download.",
    look: "See what is in it",
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
    /** The API's own sentence, which is English. */
    said: (sentence: string) => sentence,
  },
};

/** The words of a language: what `en` has. */
export type Words = typeof en;
