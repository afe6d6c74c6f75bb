/** The heat map of a pattern: one row per query, one column per key. Suits long sentences. */

import { html } from "../kit/elements.mjs";
import { imageSize, labelStep, layOut, targetAt, seenPart } from "./heat_geometry.mjs";
import { LABEL_FONT_SIZE, cellImage, paintHeatMap } from "./heat_paint.mjs";
import { panelColors } from "../kit/colors.mjs";
import { oncePerFrame } from "../kit/remember.mjs";

/** @typedef {import("./heat_geometry.mjs").HeatTarget} HeatTarget */
/** @typedef {import("./heat_paint.mjs").HeatDrawing} HeatDrawing */
/** @typedef {import("./heat_paint.mjs").Pair} Pair */
/** @typedef {import("../kit/weights.mjs").TokenRef} TokenRef */
/**
 * @typedef {object} HeatEvents
 * @property {(ref: TokenRef|null) => void} onHover the label, or the row of the pair, under the pointer
 * @property {(pair: Pair|null) => void} onPair
 * @property {(ref: TokenRef) => void} onToggle
 * @property {(ref: TokenRef) => void} onSelect
 * @property {() => void} onEscape
 */

/** @type {ReadonlyMap<string, readonly [number, number]>} */
const ARROWS = new Map([
  ["ArrowUp", [-1, 0]],
  ["ArrowDown", [1, 0]],
  ["ArrowLeft", [0, -1]],
  ["ArrowRight", [0, 1]],
]);

export class HeatMap {
  element = html("div", { class: "av-heat-window" });
  #canvas = html("canvas", {
    class: "av-heat",
    tabindex: "0",
    role: "application",
    "aria-label": "Attention of every query (row) to every key (column); arrow keys move, Enter selects the query",
    "data-testid": "heat-map",
  });
  #room = html("div", { class: "av-heat-room" });
  #events;
  /** @type {HeatDrawing|null} */
  #drawing = null;
  /** @type {Pair} */
  #cursor = { query: 0, key: 0 };
  /** @type {Pair|null} */
  #framed = null;
  #fit = true;
  #labelWidth = 0;
  /** @type {{weights: Float32Array, terms: string, image: HTMLCanvasElement}|null} */
  #cells = null;

  /** @param {HeatEvents} events */
  constructor(events) {
    this.#events = events;
    this.#room.append(this.#canvas);
    this.element.append(this.#room);
    this.#listen();
    new ResizeObserver(() => this.#redraw()).observe(this.element);
  }

  /** Whether all cells are squeezed into the window. */
  get fit() {
    return this.#fit;
  }

  set fit(fit) {
    this.#fit = fit;
    this.#redraw();
  }

  /** Whether the labels of a fitting map would have to leave tokens out. */
  get crowded() {
    return labelStep(layOut(this.#length, this.element.clientWidth, true, this.#labelWidth)) > 1;
  }

  /** @param {HeatDrawing} drawing */
  draw(drawing) {
    if (drawing.texts !== this.#drawing?.texts) {
      this.#cursor = { query: 0, key: 0 };
      this.#labelWidth = widest(this.#canvas, drawing.texts);
    }
    this.#drawing = drawing;
    this.#redraw();
  }

  get #length() {
    return this.#drawing?.texts.length ?? 0;
  }

  get #layout() {
    return layOut(this.#length, this.element.clientWidth, this.#fit, this.#labelWidth);
  }

  get #scroll() {
    return { left: this.element.scrollLeft, top: this.element.scrollTop };
  }

  #redraw() {
    if (!this.#drawing || this.element.clientWidth === 0) return;
    const layout = this.#layout;
    this.#room.style.width = this.#room.style.height = `${layout.size}px`;
    const shown = {
      width: Math.min(layout.size, this.element.clientWidth),
      height: Math.min(layout.size, this.element.clientHeight),
    };
    const scroll = this.#scroll;
    const part = seenPart(layout, this.#length, shown, scroll);
    if (part.columns === 0 || part.rows === 0) return;
    const palette = panelColors();
    paintHeatMap(this.#prepare(shown), this.#drawing, {
      layout,
      shown,
      part,
      origin: { x: layout.gutter - scroll.left, y: layout.gutter - scroll.top },
      framed: this.#framed,
      palette,
      cells: this.#cellImage(this.#drawing, part, imageSize(part, layout.cell * window.devicePixelRatio), palette),
    });
  }

  /**
   * The cells' picture is kept while only the pointer moves.
   *
   * @param {HeatDrawing} drawing
   * @param {import("./heat_geometry.mjs").Part} part
   * @param {import("./heat_geometry.mjs").Size} size
   * @param {import("../kit/colors.mjs").Palette} palette
   * @returns {HTMLCanvasElement}
   */
  #cellImage(drawing, part, size, palette) {
    const terms = JSON.stringify([part, size, palette, drawing.causal]);
    if (this.#cells?.weights !== drawing.weights || this.#cells.terms !== terms) {
      this.#cells = { weights: drawing.weights, terms, image: cellImage(drawing, part, size, palette) };
    }
    return this.#cells.image;
  }

  /**
   * @param {import("./heat_geometry.mjs").Size} shown
   * @returns {CanvasRenderingContext2D} of the cleared canvas, scaled to pixels
   */
  #prepare({ width, height }) {
    const canvas = this.#canvas;
    canvas.width = Math.round(width * window.devicePixelRatio);
    canvas.height = Math.round(height * window.devicePixelRatio);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const context = canvas.getContext("2d");
    if (!context) throw new Error("This browser cannot draw the matrix.");
    context.scale(window.devicePixelRatio, window.devicePixelRatio);
    return context;
  }

  #listen() {
    const canvas = this.#canvas;
    canvas.addEventListener("pointermove", (event) => this.#point(this.#targetOf(event)));
    canvas.addEventListener("pointerleave", () => this.#point(null));
    canvas.addEventListener("blur", () => this.#point(null));
    canvas.addEventListener("click", (event) => {
      const target = this.#targetOf(event);
      const ref = refOf(target);
      if (ref && (target?.query === null || target?.key === null)) this.#events.onToggle(ref);
    });
    canvas.addEventListener("dblclick", (event) => {
      const ref = refOf(this.#targetOf(event));
      if (ref) this.#events.onSelect(ref);
    });
    canvas.addEventListener("keydown", (event) => this.#key(event));
    this.element.addEventListener("scroll", oncePerFrame(() => this.#redraw()));
  }

  /**
   * @param {MouseEvent} event
   * @returns {HeatTarget|null}
   */
  #targetOf(event) {
    const box = this.#canvas.getBoundingClientRect();
    return targetAt(event.clientX - box.left, event.clientY - box.top, this.#layout, this.#length, this.#scroll);
  }

  /** @param {HeatTarget|null} target */
  #point(target) {
    const pair = target && target.query !== null && target.key !== null ? { query: target.query, key: target.key } : null;
    const same = pair?.query === this.#framed?.query && pair?.key === this.#framed?.key;
    this.#framed = pair;
    if (!same) this.#events.onPair(pair);
    this.#events.onHover(refOf(target));
    if (!same) this.#redraw();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const arrow = ARROWS.get(event.key);
    if (event.key === "Enter") this.#events.onSelect({ token: this.#cursor.query, side: "query" });
    else if (event.key === "Escape") this.#point(null);
    else if (arrow) this.#moveBy(arrow);
    else return;
    event.preventDefault();
  }

  /** @param {readonly [number, number]} step */
  #moveBy([down, right]) {
    const clamp = (/** @type {number} */ to) => Math.max(0, Math.min(this.#length - 1, to));
    this.#cursor = { query: clamp(this.#cursor.query + down), key: clamp(this.#cursor.key + right) };
    const { cell, gutter } = this.#layout;
    const { clientWidth, clientHeight, scrollLeft, scrollTop } = this.element;
    this.element.scrollLeft = within(scrollLeft, this.#cursor.key * cell, clientWidth - gutter - cell);
    this.element.scrollTop = within(scrollTop, this.#cursor.query * cell, clientHeight - gutter - cell);
    this.#point(this.#cursor);
  }
}

/**
 * @param {HTMLCanvasElement} canvas whose font is used
 * @param {readonly string[]} texts
 * @returns {number} width of the widest as a label, pixels
 */
function widest(canvas, texts) {
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return Infinity;
  context.font = `600 ${LABEL_FONT_SIZE}px ${getComputedStyle(canvas).fontFamily}`;
  return texts.reduce((width, text) => Math.max(width, context.measureText(text).width), 0);
}

/**
 * @param {number} scrolled
 * @param {number} start of the target
 * @param {number} room for the start of the target
 * @returns {number} nearest scroll position that shows it
 */
function within(scrolled, start, room) {
  return Math.min(start, Math.max(scrolled, start - room));
}

/**
 * @param {HeatTarget|null} target
 * @returns {TokenRef|null} token of a label; the query of a pair
 */
function refOf(target) {
  if (!target) return null;
  if (target.query !== null) return { token: target.query, side: "query" };
  return target.key !== null ? { token: target.key, side: "key" } : null;
}
