import { BLANK, type Drawing, withStroke } from "../ink/drawing";
import { FIELD, type Point } from "../ink/point";
import { type Stroke, StrokeBuilder } from "../ink/stroke";
import { paintPicture, paintStrokes } from "./paint";

/** What a pad tells its owner. */
export interface InkPadEvents {
  /** The pen touched down. */
  onPenDown(): void;
  /** The pen lifted; the stroke stays on the pad until the owner shows another drawing. */
  onStroke(stroke: Stroke): void;
  /** The stroke was no writing after all (a palm, a system gesture) and is gone. */
  onPenCancelled(): void;
}

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
  #pen: { readonly id: number; readonly type: string; readonly stroke: StrokeBuilder } | undefined;
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
    // touch-action does not stop iPadOS from turning pencil strokes into text; this does.
    canvas.addEventListener("touchmove", (event) => event.preventDefault(), { signal, passive: false });

    this.#resizing = new ResizeObserver(([entry]) => entry && this.#fit(entry));
    this.#observe();
    this.#watchDensity();
  }

  /** Shows a drawing in place of the one on the pad. A stroke that is being drawn goes on. */
  show(drawing: Drawing): void {
    this.#drawing = drawing;
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
    // Only the first pointer draws: further fingers and a resting palm do nothing. But a pen takes over from a touch,
    // because the touch was the hand that holds it.
    const palmFirst = event.pointerType === "pen" && this.#pen?.type === "touch";
    if (this.#pen && !palmFirst) return;
    event.preventDefault();
    const stroke = new StrokeBuilder(this.#locator()(event), this.#penWidth());
    this.#pen = { id: event.pointerId, type: event.pointerType, stroke };
    this.#canvas.setPointerCapture(event.pointerId);
    this.#events.onPenDown();
    this.repaint();
  };

  readonly #move = (event: PointerEvent): void => {
    if (event.pointerId !== this.#pen?.id) return;
    // A frame brings one event, though the digitiser measured several places: without them fast curves have corners.
    const coalesced = event.getCoalescedEvents?.() ?? [];
    const locate = this.#locator();
    for (const each of coalesced.length > 0 ? coalesced : [event]) this.#pen.stroke.add(locate(each));
    this.#frame ||= requestAnimationFrame(this.#paint);
  };

  readonly #up = (event: PointerEvent): void => {
    if (event.pointerId !== this.#pen?.id) return;
    // Only pointerup knows where the pen was lifted.
    if (event.type === "pointerup") this.#pen.stroke.add(this.#locator()(event));
    const stroke = this.#pen.stroke.build();
    this.#pen = undefined;
    this.#drawing = withStroke(this.#drawing, stroke);
    this.repaint();
    this.#events.onStroke(stroke);
  };

  readonly #cancel = (event: PointerEvent): void => {
    if (event.pointerId !== this.#pen?.id) return;
    // The system cancels a touch that it takes for a palm; a cancelled pen or mouse was writing until then.
    if (this.#pen.type !== "touch") {
      this.#up(event);
      return;
    }
    this.#pen = undefined;
    this.repaint();
    this.#events.onPenCancelled();
  };

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
    if (this.#drawing.picture) paintPicture(this.#context, this.#drawing.picture);
    paintStrokes(this.#context, this.#drawing.strokes, this.#ink);
  }

  /** Paints how the stroke went on: a frame costs the same however much is drawn already. */
  #paintPen(): void {
    if (!this.#pen) return;
    const { points, width } = this.#pen.stroke.build();
    // Two points back, because the piece between them was only sketched: what came after bends it.
    const news = { points: points.slice(Math.max(0, this.#painted - 2)), width };
    paintStrokes(this.#context, [news], this.#ink);
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
