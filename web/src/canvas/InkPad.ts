import { BLANK, type Drawing, withStroke } from "../ink/drawing";
import { FIELD, type Point } from "../ink/point";
import { StrokeBuilder } from "../ink/stroke";
import { paintPicture, paintStrokes } from "./paint";

/** What a pad tells its owner, and asks of it. */
export interface InkPadEvents {
  /** Whether the next stroke begins a new drawing instead of going on with the one on the pad. */
  startsAnew(): boolean;
  /** What a tap at a place does; nothing where it makes a dot. */
  tapAt(place: Point): (() => void) | undefined;
  /** The pen has begun to write. */
  onPenDown(): void;
  /** The pen went on, and this is the drawing with its stroke so far; at most once a frame. */
  onPenMoved(drawing: Drawing): void;
  /** The pen lifted; the drawing with its stroke stays on the pad until the owner shows another one. */
  onStroke(drawing: Drawing): void;
  /** The stroke was no writing after all (a palm, a system gesture) and is gone. */
  onPenCancelled(): void;
}

/** The pen that is down. It writes once it has moved; until then it may be a palm, or the first finger of two. */
interface Pen {
  readonly id: number;
  readonly type: string;
  /** When it touched down, in ms. */
  readonly since: number;
  readonly stroke: StrokeBuilder;
  /** What it does if it is lifted where it touched down. */
  readonly tap: (() => void) | undefined;
  writing: boolean;
  /** Whether it writes on a blank field instead of on the drawing. */
  anew: boolean;
}

/** A touch that moved less than this, in field units, is not yet writing; a finger that rests moves by that much. */
const TOUCH_SLOP = 3;

/** What moved less than this, in field units, is a tap where a tap means something. */
const TAP_SLOP = 6;

/** A second finger within so many ms of the first, … */
const PINCH_MS = 250;

/** … which has come no further than this in field units, makes a gesture of two fingers of it. */
const PINCH_REACH = 28;

/** Backing stores beyond this many pixels per CSS pixel cost memory that no eye can see. */
const MAX_DENSITY = 4;

/**
 * A canvas that is drawn on: pointer events, high-density screens, resizing and painting, handled here and nowhere else.
 *
 * Ink is kept as strokes in field units and can be painted anew at any time, so resizing, rotating and zooming lose nothing. The ink's colour is the canvas's CSS `color`, its paper the CSS background.
 */
export class InkPad {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #penWidth: () => number;
  readonly #events: InkPadEvents;
  readonly #listening = new AbortController();
  readonly #resizing: ResizeObserver;
  #drawing: Drawing = BLANK;
  #pen: Pen | undefined;
  /** Fingers that are down, also those that draw nothing. */
  readonly #fingers = new Set<number>();
  #frame = 0;
  /** Whether the next frame must show more than how the stroke went on. */
  #stale = true;
  /** How many points of the stroke that is being drawn are on the canvas. */
  #painted = 0;
  #ink = "";

  constructor(canvas: HTMLCanvasElement, penWidth: () => number, events: InkPadEvents) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("This browser offers no 2D canvas.");
    this.#canvas = canvas;
    this.#context = context;
    this.#penWidth = penWidth;
    this.#events = events;

    const { signal } = this.#listening;
    canvas.addEventListener("pointerdown", this.#down, { signal });
    canvas.addEventListener("pointermove", this.#move, { signal });
    canvas.addEventListener("pointerup", this.#up, { signal });
    canvas.addEventListener("pointercancel", this.#cancel, { signal });
    // A capture that is lost without pointerup (a dialog, a lost window) would leave the pen down for ever.
    canvas.addEventListener("lostpointercapture", this.#up, { signal });
    window.matchMedia("(forced-colors: active)").addEventListener("change", () => this.repaint(), { signal });
    // touch-action does not stop iPadOS from turning pencil strokes into text; this does.
    canvas.addEventListener("touchmove", (event) => event.preventDefault(), { signal, passive: false });

    this.#resizing = new ResizeObserver(([entry]) => entry && this.#fit(entry));
    this.#observe();
    this.#watchDensity();
  }

  /** Shows a drawing in place of the one on the pad. A stroke that is being drawn goes on. */
  show(drawing: Drawing): void {
    this.#drawing = drawing;
    if (this.#pen?.writing) this.#pen.anew = this.#events.startsAnew();
    this.repaint();
  }

  /** Paints all anew with the next frame; for when the theme's colours changed. */
  repaint(): void {
    this.#stale = true;
    this.#frame ||= requestAnimationFrame(this.#paint);
  }

  /** Stops listening and painting. */
  destroy(): void {
    this.#listening.abort();
    this.#resizing.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  readonly #down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    if (this.#isGesture(event)) {
      this.#drop();
      return;
    }
    // Only the first pointer draws: further fingers and a resting palm do nothing. But a pen takes over from a touch,
    // because the touch was the hand that holds it.
    const palmFirst = event.pointerType === "pen" && this.#pen?.type === "touch";
    if (this.#pen && !palmFirst) return;
    event.preventDefault();
    if (palmFirst) this.#drop();
    const place = this.#locator()(event);
    const tap = this.#events.tapAt(place);
    this.#pen = {
      id: event.pointerId,
      type: event.pointerType,
      since: event.timeStamp,
      stroke: new StrokeBuilder(place, this.#penWidth()),
      tap,
      writing: false,
      anew: false,
    };
    this.#canvas.setPointerCapture(event.pointerId);
    // A pen or a mouse that touches down means to write, but for a place that can be tapped.
    if (event.pointerType !== "touch" && !tap) this.#write();
  };

  /** Whether a finger that touches down makes a gesture of several, or joins one. */
  #isGesture({ pointerType, pointerId, isPrimary, timeStamp }: PointerEvent): boolean {
    if (pointerType !== "touch") return false;
    // There is no other finger then, whatever was heard of those before.
    if (isPrimary) this.#fingers.clear();
    const others = this.#fingers.size;
    this.#fingers.add(pointerId);
    if (others === 0) return false;
    const pen = this.#pen;
    // Of fingers that draw nothing, none begins to while another is down.
    if (!pen) return true;
    const young = timeStamp - pen.since < PINCH_MS && pen.stroke.reach < PINCH_REACH;
    return pen.type === "touch" && (!pen.writing || young);
  }

  /** The pen writes from now on. */
  #write(): void {
    if (!this.#pen || this.#pen.writing) return;
    this.#pen.writing = true;
    this.#pen.anew = this.#events.startsAnew();
    this.#events.onPenDown();
    this.repaint();
  }

  readonly #move = (event: PointerEvent): void => {
    if (event.pointerId !== this.#pen?.id) return;
    // A frame brings one event, though the digitiser measured several places: without them fast curves have corners.
    const coalesced = event.getCoalescedEvents?.() ?? [];
    const locate = this.#locator();
    for (const each of coalesced.length > 0 ? coalesced : [event]) this.#pen.stroke.add(locate(each));
    if (this.#pen.stroke.reach >= (this.#pen.tap ? TAP_SLOP : TOUCH_SLOP)) this.#write();
    if (this.#pen.writing) this.#frame ||= requestAnimationFrame(this.#paint);
  };

  readonly #up = (event: PointerEvent): void => {
    if (event.type === "pointerup") this.#fingers.delete(event.pointerId);
    if (event.pointerId !== this.#pen?.id) return;
    // Only pointerup knows where the pen was lifted; a capture that a resting finger loses is no tap.
    const { tap, stroke } = this.#pen;
    if (event.type === "pointerup") {
      stroke.add(this.#locator()(event));
      if (!tap || stroke.reach >= TAP_SLOP) this.#write();
    }
    if (!this.#pen.writing) {
      this.#drop();
      if (event.type === "pointerup") tap?.();
      return;
    }
    this.#drawing = withStroke(this.#underPen(), stroke.build());
    this.#pen = undefined;
    this.repaint();
    this.#events.onStroke(this.#drawing);
  };

  readonly #cancel = (event: PointerEvent): void => {
    this.#fingers.delete(event.pointerId);
    if (event.pointerId !== this.#pen?.id) return;
    // The system cancels a touch that it takes for a palm; a cancelled pen or mouse was writing until then.
    if (this.#pen.type === "touch") this.#drop();
    else this.#up(event);
  };

  /** Forgets the stroke of the pen that is down: it was none. */
  #drop(): void {
    const { writing } = this.#pen ?? {};
    this.#pen = undefined;
    if (!writing) return;
    this.repaint();
    this.#events.onPenCancelled();
  }

  /** What the pen that is down writes on. */
  #underPen(): Drawing {
    return this.#pen?.anew ? BLANK : this.#drawing;
  }

  /** Finds places on the field. Asks where the canvas is, which may cost a layout, once for many places. */
  #locator(): (event: PointerEvent) => Point {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    return ({ clientX, clientY }) => ({
      x: ((clientX - left) / width) * FIELD,
      y: ((clientY - top) / height) * FIELD,
    });
  }

  #observe(): void {
    try {
      this.#resizing.observe(this.#canvas, { box: "device-pixel-content-box" });
    } catch {
      // Not every browser counts device pixels.
      this.#resizing.observe(this.#canvas);
    }
  }

  /** Fits the canvas anew when it is shown at another density: zoomed, or on another screen. */
  #watchDensity(): void {
    const { signal } = this.#listening;
    const changed = () => {
      // Observing anew reports the size anew.
      this.#resizing.unobserve(this.#canvas);
      this.#observe();
      this.#watchDensity();
    };
    const density = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    density.addEventListener("change", changed, { signal, once: true });
  }

  #fit(entry: ResizeObserverEntry): void {
    const { width, height } = entry.contentRect;
    const density = Math.min(window.devicePixelRatio || 1, MAX_DENSITY);
    const exact = entry.devicePixelContentBoxSize?.[0];
    this.#canvas.width = pixels(width * density, exact?.inlineSize);
    this.#canvas.height = pixels(height * density, exact?.blockSize);
    // Setting the size wiped the canvas; painting in the same frame hides that.
    this.#stale = true;
    this.#paint();
  }

  readonly #paint = (): void => {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (this.#stale) this.#paintAll();
    this.#paintPen();
  };

  #paintAll(): void {
    const { width, height } = this.#canvas;
    this.#stale = false;
    this.#painted = 0;
    this.#ink = getComputedStyle(this.#canvas).color;
    this.#context.setTransform(1, 0, 0, 1, 0, 0);
    this.#context.clearRect(0, 0, width, height);
    this.#context.setTransform(width / FIELD, 0, 0, height / FIELD, 0, 0);
    const { picture, strokes } = this.#underPen();
    if (picture) paintPicture(this.#context, picture);
    paintStrokes(this.#context, strokes, this.#ink);
  }

  /** Paints how the stroke went on: a frame costs the same however much is drawn already. */
  #paintPen(): void {
    if (!this.#pen?.writing) return;
    const stroke = this.#pen.stroke.build();
    const { points, width } = stroke;
    // Two points back, because the piece between them was only sketched: what came after bends it.
    const news = { points: points.slice(Math.max(0, this.#painted - 2)), width };
    paintStrokes(this.#context, [news], this.#ink);
    if (this.#pen.stroke.length > this.#painted)
      this.#events.onPenMoved(withStroke(this.#underPen(), stroke));
    this.#painted = this.#pen.stroke.length;
  }
}

/**
 * A length in whole pixels: as the browser counted them, which a rounded product can miss by one and be blurred by it.
 * A count that is far off is another density than the page is shown at (capped above, or emulated) and is not taken.
 */
function pixels(length: number, counted: number | undefined): number {
  return counted !== undefined && Math.abs(counted - length) < 2 ? counted : Math.round(length);
}
