import { LIKELY, NUMBER_SHOWN } from "../config";
import type { Digit, Label } from "../label";
import type { Words } from "./en";
import { formatsOf } from "./format";

const formats = formatsOf("de-DE", " Tsd.", " Mio.");
const { number, percent } = formats;

function answers(count: number): string {
  return count === 1 ? "1 Antwort" : `${number(count)} Antworten`;
}

function drawings(count: number): string {
  return count === 1 ? "1 Zeichnung" : `${number(count)} Zeichnungen`;
}

function are(count: number): string {
  return count === 1 ? "ist" : "sind";
}

function wait(count: number): string {
  return count === 1 ? "wartet" : "warten";
}

function waitingFor(count: number): string {
  if (count === 0) return "Keine Zeichnung wartet auf das nächste Training.";
  return `${drawings(count)} ${wait(count)} auf das nächste Training.`;
}

function named(label: Label | string): string {
  return String(label).replaceAll("NaN", "keine Ziffer");
}

/** The place of a digit in a number, counted from 0. */
function nth(place: number): string {
  return ORDINALS[place] ?? `${place + 1}.`;
}

const ORDINALS = [
  "erste",
  "zweite",
  "dritte",
  "vierte",
  "fünfte",
  "sechste",
  "siebte",
  "achte",
  "neunte",
  "zehnte",
];

function unsure(places: readonly number[], all: number): string {
  if (places.length > 2) return `${places.length} von ${all} sind unsicher`;
  return `die ${places.map(nth).join(" und die ")} ${are(places.length)} unsicher`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A digit is feminine in German, whichever it is: eine 7. */
function a(digit: number): string {
  return `eine ${digit}`;
}

function said(digit: number, confidence: number, uncertain: boolean): string {
  if (!uncertain) return `Das ist ${a(digit)}`;
  return confidence < LIKELY
    ? `Keine klare Ziffer – ist es ${a(digit)}?`
    : `Vielleicht ${a(digit)}. Stimmt das?`;
}

const PLACES = [
  ["oben links", "oben", "oben rechts"],
  ["links", "in der Mitte", "rechts"],
  ["unten links", "unten", "unten rechts"],
] as const;

const UNTIL_CLOSED: string = "bis du diese Seite schließt";

const TITLE = "Ziffernerkennung";

/** What the API says in English of pictures that people send, word for word. */
const SENTENCES: Readonly<Record<string, string>> = {
  "The picture is empty: draw a digit first.": "Das Bild ist leer: Zeichne erst eine Ziffer.",
  "The data is not a picture that can be read: send a whole PNG, JPEG, WebP, BMP or GIF.":
    "Das ist kein Bild, das gelesen werden kann: Nimm ein vollständiges PNG, JPEG, WebP, BMP oder GIF.",
  "The picture is in too many pieces: open it in a program, and save it as PNG or JPEG.":
    "Das Bild besteht aus zu vielen Teilen: Öffne es in einem Programm und speichere es als PNG oder JPEG.",
  "The picture takes too much work to decode: send it smaller, or as a baseline JPEG.":
    "Dieses Bild zu lesen ist zu viel Arbeit: Nimm ein kleineres oder ein einfaches JPEG.",
};

/** Every German word of the page. */
export const de: Words = {
  title: TITLE,
  tagline: "Zeichnen und lesen lassen.",
  ...formats,
  drawings,
  named,
  skip: "Zum Inhalt der Seite",
  pages: {
    label: "Seiten",
    draw: { tab: "Zeichnen", title: `${TITLE}: zeichnen und lesen lassen` },
    train: { tab: "Lehren", title: `Lehren – ${TITLE}` },
    data: { tab: "Daten", title: `Daten – ${TITLE}` },
    model: { tab: "Modell", title: `Modell – ${TITLE}` },
  },
  nothingHere: {
    heading: "Unter dieser Adresse gibt es nichts",
    hint: "Vielleicht stimmt ein Buchstabe nicht.",
    home: "Zur Ziffernerkennung",
  },
  loading: "Wird geladen …",
  reload: "Noch einmal",
  failedPage: "Diese Seite konnte nicht geladen werden.",
  connection: {
    offline: (lasting: boolean) =>
      lasting
        ? "Du bist offline. Antworten werden später gesendet."
        : `Du bist offline, und dieses Gerät bewahrt nichts auf. Was du antwortest, wartet, ${UNTIL_CLOSED}.`,
    unreachable: "Die Erkennung ist gerade nicht erreichbar. Neuer Versuch …",
    busy: "Zu viele Anfragen auf einmal. Neuer Versuch …",
  },
  canvas: {
    heading: "Zeichnen",
    label: "Zeichenfeld",
    description:
      "Zeichne hier mit Maus, Finger oder Stift eine Ziffer von 0 bis 9, oder wähle mit dem Knopf darunter ein Bild einer Ziffer.",
    hint: "Zeichne hier eine Ziffer",
    predict: "Lesen",
    clear: "Leeren",
    undo: "Zurück",
    redo: "Wieder vor",
    pen: (size: number) => `Stiftbreite: ${["fein", "mittel", "dick"][size] ?? size}. Ändern`,
    choose: "Bild einer Ziffer wählen",
    photograph: "Foto",
    drop: "Lass das Bild hier los",
  },
  picture: {
    empty: "Diese Datei ist leer: Wähle ein Bild einer Ziffer.",
    opening: "Das Bild wird geöffnet …",
    kind: "Das ist kein Bild: Wähle ein JPEG, PNG, WebP, GIF oder BMP.",
    pdf: "Ein PDF ist kein Bild: Wähle ein Foto oder ein Bildschirmfoto der Seite.",
    svg: "Ein SVG ist eine Zeichnung ohne Pixel: Speichere es als PNG und wähle das.",
    heic: "Dieser Browser kann keine HEIC-Fotos öffnen: Wähle ein JPEG, oder lass die Kamera „maximal kompatibel“ aufnehmen.",
    damaged: "Dieses Bild lässt sich nicht öffnen: Wähle ein anderes, als JPEG oder PNG.",
    incomplete: "Das Ende dieses Bildes fehlt: Kopiere oder lade es noch einmal, dann wähle es.",
    large: (megapixels: number, most: number) =>
      `Dieses Bild hat ${Math.round(megapixels)} Megapixel: Wähle eines mit höchstens ${most}, oder ein JPEG, das mehr haben darf.`,
    guarded:
      "Dieser Browser schützt vor Fingerabdrücken und lässt keine Seite ein Bild lesen. Erlaube es dieser Seite und wähle noch einmal, oder zeichne die Ziffer.",
  },
  shortcuts: {
    heading: "Tastenkürzel",
    switch: "Einzelne Tasten nutzen",
    list: [
      ["Z", "zurück"],
      ["Y", "wieder vor"],
      ["Esc", "leeren"],
      ["Enter", "lesen"],
      ["0 – 9", "sagen, was es ist"],
      ["N", "keine Ziffer"],
    ],
  },
  answer: {
    heading: "Antwort",
    none: "–",
    empty: "Noch nichts gezeichnet",
    emptyHint: "Eine Ziffer, beliebig groß, beliebig wo.",
    drawing: "Du zeichnest …",
    drawingHint: "Es liest mit, bis du den Stift hebst.",
    waiting: "Wird gelesen …",
    waitingHint: "Die erste Antwort kann etwas dauern.",
    said,
    saidNumber: (number, all) =>
      number.length > NUMBER_SHOWN ? `Das sind ${all} Ziffern` : `Gelesen: ${number}`,
    several: (places, all) =>
      places.length === 0 ? "Jede Ziffer ist für sich gelesen." : `${capital(unsure(places, all))}.`,
    announcedNumber: (number, places, all) => {
      const digits = number
        .split(" ")
        .map((line) => [...line].join(", "))
        .join("; dann ");
      return `${digits}${places.length > 0 ? `; ${unsure(places, all)}` : ""}.`;
    },
    digits: "Die Ziffern, jede mit ihrer Sicherheit",
    digitOf: ({ nth: place, digit, confidence, uncertain, said: label }) => {
      const what = uncertain
        ? `vielleicht ${a(digit)}`
        : `${digit}, ${percent(confidence).replace(" ", "\u00a0")}`;
      const read = `${capital(nth(place))} Ziffer: ${what}`;
      return label === undefined ? read : `${read}; du sagst: ${named(label)}`;
    },
    confidence: "sicher",
    unsure: "Zu unsicher für eine Zahl.",
    announced: (digit: number, confidence: number, uncertain: boolean) =>
      uncertain
        ? said(digit, confidence, uncertain)
        : `${said(digit, confidence, uncertain)}. Zu ${percent(confidence)} sicher.`,
    failed: "Keine Antwort",
    again: "Neuer Versuch von selbst.",
    retry: "Noch einmal",
    bars: "Wahrscheinlichkeit jeder Ziffer",
    bar: (digit: number, probability: number) => `${digit}: ${percent(probability)}`,
    seen: "Was das Modell sah",
    why: "Warum?",
    seenAlt: "Die 28×28 Pixel, die das Modell sah",
  },
  why: {
    heading: (digit: number) => `Warum ${a(digit)}?`,
    close: "Schließen",
    looking: "Wird genauer angesehen …",
    speaksFor: (digit: number) => `spricht für ${a(digit)}`,
    told: (digit, where, next, whereNext) => {
      const first = where
        ? `Am meisten spricht für ${a(digit)}, was ${PLACES[where.row][where.column]} ist.`
        : `Kein Teil spricht allein für ${a(digit)}.`;
      return whereNext
        ? `${first} Für ${a(next)} spräche, was ${PLACES[whereNext.row][whereNext.column]} ist.`
        : `${first} Danach kommt ${a(next)}, doch nichts spricht eigens dafür.`;
    },
    alike: "Gesammelte Zeichnungen, die am ähnlichsten sind",
    share: "Als Bild teilen",
    fileName: "ziffer.png",
  },
  feedback: {
    heading: "Stimmt das?",
    headingOf: (place: number, digit: number) => `Ist die ${nth(place)} Ziffer ${a(digit)}?`,
    correct: "Richtig",
    wrong: "Falsch",
    allCorrect: "Alle richtig",
    restCorrect: "Rest richtig",
    oneDigit: "Nur eine Ziffer",
    severalDigits: "Mehrere Ziffern",
    choose: "Was ist es dann?",
    close: "Schließen",
    label: (label: Label) => (label === "NaN" ? "Es ist keine Ziffer" : `Es ist ${a(label)}`),
    notADigit: "Keine Ziffer",
    invite: "Deine Antwort lehrt das nächste Modell.",
    early: "Zeichne erst etwas; dann kannst du es sagen.",
    soon: "Du kannst es sagen, sobald es gelesen ist.",
    several: "Tippe auf eine Ziffer, um nur sie zu beurteilen.",
    joined:
      "Mehrere Ziffern lassen sich darin nicht trennen: Lass mehr Platz dazwischen, oder gib es als „Keine Ziffer“.",
    unread: "Es konnte nicht gelesen werden, aber du kannst sagen, welche Ziffer es ist.",
    unusable: "Was nicht gelesen werden kann, lässt sich auch nicht beurteilen.",
    say: "Sagen, was es ist",
    terms: (ofPhoto, lasting) =>
      `Deine Antwort wird ohne Namen aufbewahrt, mit ${
        ofPhoto ? "28×28 Pixeln der Ziffer, nie mit dem Foto," : "der Zeichnung als Bild und als 28×28 Pixel,"
      } für alle, die es herunterladen dürfen${lasting ? "; unter „Lehren“ kannst du sie zurücknehmen" : ""}.`,
    more: "Was darin ist",
    held: (label: Label | string) => `Wird als ${named(label)} gespeichert …`,
    undo: "Zurück",
    sending: "Wird gespeichert …",
    saved: (label: Label | string) => `Als ${named(label)} gespeichert. Danke!`,
    given: (count: number) => `Du hast bisher ${drawings(count)} gegeben.`,
    kept: (label: Label | string, lasting: boolean) =>
      `„${named(label)}“ konnte noch nicht gesendet werden und wird ${lasting ? "auf diesem Gerät" : ""} aufbewahrt${lasting ? "" : `, ${UNTIL_CLOSED}`}.`.replace(
        "  ",
        " ",
      ),
    pending: (count: number, lasting: boolean) =>
      lasting
        ? `${answers(count)} ${are(count)} auf diesem Gerät aufbewahrt, noch nicht gesendet.`
        : `${answers(count)} ${are(count)} aufbewahrt, ${UNTIL_CLOSED}, noch nicht gesendet.`,
    delivered: (count: number) =>
      count === 1
        ? "Gespeichert: 1 auf diesem Gerät aufbewahrte Antwort wurde gesendet."
        : `Gespeichert: ${number(count)} auf diesem Gerät aufbewahrte Antworten wurden gesendet.`,
    retry: "Noch einmal senden",
    retrying: "Wird gesendet …",
  },
  refused: {
    heading: (count: number) =>
      `Nicht gespeichert: ${answers(count)} ${count === 1 ? "wurde" : "wurden"} abgelehnt`,
    drawing: (label: Label) => `Eine Zeichnung, beantwortet mit ${named(label)}`,
    resend: "Noch einmal senden",
    discard: "Aufgeben",
  },
  training: {
    heading: "Lehre das nächste Modell",
    intro: "Zeichne auf deine Art, was verlangt ist. Verlangt wird, was den Daten fehlt.",
    ask: (digit: Digit) => `Zeichne ${a(digit)}`,
    label: (digit: Digit) => `Zeichenfeld für ${a(digit)}`,
    next: "Weiter",
    skip: "Auslassen",
    progress: "Wie weit diese Runde ist",
    count: (done: number, all: number, saved: number) => `${done} von ${all}, ${saved} gespeichert`,
    streak: (count: number) => `${count} hintereinander richtig gelesen`,
    fooled: (count: number) => (count === 1 ? "einmal getäuscht" : `${count}-mal getäuscht`),
    first: "Hier steht dann, was das Modell gesagt hätte.",
    saving: "Wird gespeichert …",
    right: (digit: Digit, confidence: number) =>
      `Das Modell hätte diese ${digit} richtig gelesen (${percent(confidence)}).`,
    wrong: (label: Digit, digit: Digit, confidence: number) =>
      `Das Modell hätte diese ${label} für ${a(digit)} gehalten (${percent(confidence)}): daraus lässt sich lernen!`,
    doubt: (label: Digit, digit: Digit) => `Ich sehe ${a(digit)}. Wolltest du ${a(label)} zeichnen?`,
    keep: (label: Digit) => `Als ${label} behalten`,
    keptAs: (label: Digit) => `Als ${label} behalten, wie du sagst.`,
    unasked: (label: Digit) => `Eine ${label}. Das Modell konnte nicht dazu gefragt werden.`,
    undo: "Zurücknehmen",
    kept: (count: number, lasting: boolean) =>
      `${drawings(count)} auf diesem Gerät aufbewahrt, bis ${lasting ? "" : "du diese Seite schließt oder "}die Erkennung erreichbar ist.`,
    waiting: waitingFor,
    doneHeading: "Eine gut gezeichnete Runde!",
    done: (right: number, fooled: number) =>
      `Das Modell hätte ${right} richtig gelesen${fooled > 0 ? `, und du hast es ${fooled === 1 ? "einmal" : `${fooled}-mal`} getäuscht` : ""}.`,
    saved: (saved: number, waiting: number, refused: number) => {
      if (waiting === 0 && refused === 0) return "Alle sind für das nächste Training gespeichert.";
      const parts = [
        saved === 0
          ? `${waiting > 0 ? "Noch keine" : "Keine"} ist gespeichert`
          : `${saved} ${are(saved)} gespeichert`,
      ];
      if (waiting > 0) parts.push(`${waiting} ${wait(waiting)} aufs Senden`);
      if (refused > 0) parts.push(`${refused} ${refused === 1 ? "wurde" : "wurden"} abgelehnt`);
      return `${parts.join(", ")}.`;
    },
    notSaved: { waiting: "noch nicht gesendet", refused: "abgelehnt", gone: "aufgegeben", saved: "" },
    again: "Noch eine Runde",
    drawn: (label: Label, digit: Digit | undefined) =>
      digit === undefined
        ? `Gezeichnet: ${named(label)}`
        : `Gezeichnet: ${named(label)}, gelesen als ${digit}`,
  },
  yours: {
    heading: "Deine Zeichnungen",
    intro:
      "Sie wurden von diesem Gerät gegeben; nur es weiß, dass sie von dir sind. Was du zurücknimmst, kommt aus der Sammlung heraus und lehrt von nun an kein Modell mehr.",
    said: (label: Label) => (label === "NaN" ? "Keine Ziffer" : `Eine ${label}`),
    read: (before: Digit | undefined, now: Digit | undefined) => {
      if (before === undefined) return now === undefined ? "nicht gelesen" : `heute gelesen als ${now}`;
      if (now === undefined) return `gelesen als ${before}`;
      return before === now
        ? `gelesen als ${before}, damals wie heute`
        : `gelesen als ${before}, heute als ${now}`;
    },
    older: (at: string) => `gegeben am ${formats.day(at)}; das Bild ist hier nicht mehr da`,
    takeBack: "Zurücknehmen",
    takeBackOf: (label: Label) =>
      label === "NaN" ? "Die Zeichnung zurücknehmen, die keine Ziffer ist" : `Die ${label} zurücknehmen`,
    takenBack: (label: Label, done: boolean) => {
      const what = label === "NaN" ? "Die Zeichnung, die keine Ziffer ist," : `Die ${label}`;
      return done ? `${what} ist zurückgenommen.` : `${what} wird zurückgenommen …`;
    },
    leaving: "Wird zurückgenommen: Es wird versucht, bis die Erkennung erreichbar ist.",
    unasked: (count: number) =>
      `Ein neues Modell ist in Betrieb; zu ${drawings(count)} von dir wurde es noch nicht gefragt.`,
    ask: "Jetzt fragen",
    learned: (learned: boolean, readNow: number, mistakes: number) => {
      const who = learned
        ? "Ein neues Modell hat von deinen gelernt"
        : "Jetzt ist ein anderes Modell in Betrieb";
      if (mistakes === 1)
        return readNow === 0
          ? `${who}; die eine falsch gelesene hält es noch für eine andere Ziffer.`
          : `${who}: Es liest, was damals falsch gelesen wurde.`;
      return readNow === 0
        ? `${who}; alle ${mistakes} falsch gelesenen hält es noch für eine andere Ziffer.`
        : `${who}: von ${mistakes} falsch gelesenen werden jetzt ${readNow} richtig gelesen.`;
    },
    more: (count: number) => `${count} weitere zeigen`,
  },
  data: {
    token: {
      heading: "Nur für alle, die das Kennwort haben",
      hint: "Wer diese Seite betreibt, behält die Sammlung für sich. Das Kennwort (Token) öffnet sie hier und fürs Herunterladen, bis du diese Seite schließt.",
      label: "Kennwort",
      refused: "Das ist nicht das Kennwort. Prüfe jeden Buchstaben.",
      use: "Öffnen",
    },
    heading: "Was gesammelt wurde",
    empty: "Noch nichts gesammelt",
    emptyHint: "Jede Antwort unter „Zeichnen“ und jede Zeichnung unter „Lehren“ kommt hierher.",
    start: "Zeichne die erste Ziffer",
    rows: "Antworten",
    sources: { confirmed: "bestätigt", corrected: "berichtigt", training: "gelehrt" },
    confirmed: "bestätigt",
    corrected: "berichtigt",
    training: "gelehrt",
    agreed: "richtig gelesen",
    agreedHint: "von den Zeichnungen, die das Modell las und jemand beurteilte",
    waiting: "warten auf das Training",
    waitingHint: waitingFor,
    drift: "Etwas hat sich verschoben. Gemeldet wird:",
    perLabel: "Antworten je Ziffer",
    perDay: "Antworten je Tag",
    notADigitShort: "×",
    noDigit: "keine",
    notADigit: "keine Ziffer",
    means: "Das Mittel jeder Ziffer",
    mean: (digit: number, count: number) => `Das Mittel von ${number(count)} Zeichnungen der ${digit}`,
    noMean: (digit: number) => `Noch keine Zeichnung der ${digit}`,
    matrix: "Was wofür gehalten wird",
    matrixHint: "Jede Zeile ist, was das Modell las, jede Spalte, was es war; × ist keine Ziffer.",
    read: "gelesen als",
    was: "war",
    cell: (count: number, read: number, was: Label) =>
      `${number(count)} gelesen als ${read}, in Wahrheit ${named(was)}`,
    noMatrix: "Noch nichts beurteilt: Sag unter „Zeichnen“ richtig oder falsch.",
    gallery: "Die neuesten Zeichnungen",
    filter: "Zeigen",
    all: "alle",
    onlyMistakes: "Nur Fehler",
    more: (count: number) => `${count} weitere zeigen`,
    noMatch: "Keine der neuesten Zeichnungen ist so.",
    drawing: (label: Label, prediction: Digit | undefined) =>
      `${label === "NaN" ? "Keine Ziffer" : `Eine ${label}`}${prediction === undefined ? "" : `, gelesen als ${prediction}`}`,
    readAs: (prediction: Digit) => `gelesen als ${prediction}`,
    refresh: "Neu laden",
    chart: (name: string, values: readonly (readonly [string, number])[]) =>
      `${name}: ${values.map(([label, count]) => `${label}: ${number(count)}`).join(", ")}.`,
  },
  model: {
    heading: "Das Modell in Betrieb",
    named: (day: string) => `Modell vom ${day}`,
    id: (version: string) => `Fassung ${version}`,
    details: "Seine Fassung",
    builtIn: "Es kam mit dem Programm.",
    gained: (rows: number, before: number, after: number) =>
      `Von ${drawings(rows)}, die es nicht kannte, benennt es ${percent(after)} so, wie Menschen sie bezeichnet haben, das vorige ${percent(before)}. Anderswo ist es nicht schlechter als erlaubt.`,
    cameBack: "Es kam zurück, wegen dessen, das ihm folgte:",
    card: "Seine Karte, als Daten",
    figures: "Wie gut es ist",
    noFigures: "Seine Karte nennt keine Zahlen.",
    names: {
      mnist_accuracy: ["Testbilder von MNIST", "10.000 gescannte Ziffern, die es nie sah"],
      writers_accuracy: ["Nie gesehene Schreibende", "Mittel über Größen, Stifte und Orte"],
      writers_worst_cell_accuracy: ["Ihre schlechteste Größe und Stiftbreite", "derselben Schreibenden"],
      calibration_error: [
        "Wie ehrlich seine Prozente sind",
        "von 100 Antworten zu 90 % sollten etwa 90 stimmen; das ist der mittlere Abstand dazwischen, 0 ist keiner",
      ],
      non_digit_auc: [
        "Ziffer oder nicht",
        "wie oft es von einer Ziffer und einem Gekritzel die Ziffer für die wahrscheinlichere hält; 1 ist immer",
      ],
      inference_ms: ["Zeit zum Lesen", "ein Bild, ein Prozessorkern"],
    },
    history: "Vor und nach jedem Training",
    historyHint: "Richtig gelesen, in %, dieselben zurückgehaltenen Bilder.",
    noHistory:
      "Das ist das erste Modell in Betrieb: noch kein weiteres Training. Das nächste steht dann hier daneben.",
    when: "In Betrieb seit",
    inService: "in Betrieb",
    rolledBack: "zurückgekehrt zu",
    learned: "Gelernt aus",
    learnedFrom: (rows: number) => `Es lernte aus ${drawings(rows)}, die Menschen gaben.`,
    chart: (version: string, figure: string, value: string) => `${version}: ${figure} ${value}`,
  },
  download: {
    link: "CSV herunterladen",
    hint: "Alle Antworten bisher, als Ziffer und 28×28 Pixel.",
    busy: "Die Datei wird vorbereitet …",
    open: "Deine Zeichnungen und Antworten kommen in eine Sammlung, die andere herunterladen dürfen.",
    look: "Sieh, was darin ist",
    fileName: "user_pixel_data.csv",
  },
  theme: {
    toDark: "Zum dunklen Aussehen wechseln",
    toLight: "Zum hellen Aussehen wechseln",
  },
  errors: {
    unreachable: "Die Erkennung ist nicht erreichbar. Prüfe deine Verbindung.",
    timeout: "Die Erkennung hat zu lange gebraucht. Bitte noch einmal.",
    busy: "Zu viele Anfragen auf einmal. Bitte warte einen Augenblick.",
    broken: "Die Erkennung hat ein Problem. Bitte gleich noch einmal.",
    unreadable: "Die Erkennung gab eine Antwort, die nicht zu lesen ist. Bitte gleich noch einmal.",
    refused: (status: number) => `Die Erkennung hat diese Anfrage abgelehnt (Status ${status}).`,
    said: (sentence: string) => SENTENCES[sentence] ?? `Die Erkennung sagt, auf Englisch: „${sentence}“`,
  },
};
