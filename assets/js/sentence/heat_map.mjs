/** The same pattern as a heat map: a row a query, a column a key. What one wants to see of a long sentence. */

import { html } from "./elements.mjs";
import { cellAt, darkness, labelStep, layOut, poolHighest } from "./heat_geometry.mjs";
import { hex, mix, paletteAt } from "./palette.mjs";

/** @typedef {import("./choices.mjs").Choices} Choices */
/** @typedef {import("./weights.mjs").Side} Side */
/** @typedef {import("./weights.mjs").TokenRef} TokenRef */
/** @typedef {{query: number, key: number}} Pair */
/**
 * @typedef {object} HeatDrawing
 * @property {readonly string[]} texts visible texts
 * @property {Float32Array} weights [length * length]
 * @property {boolean} causal whether keys after the query are absent
 * @property {Choices} choices
 */
/**
 * @typedef {object} HeatEvents
 * @property {(ref: TokenRef|null) => void} onHover the label or the row under the pointer
 * @property {(pair: Pair|null) => void} onPair
 * @property {(ref: TokenRef) => void} onToggle
 * @property {(ref: TokenRef) => void} onSelect
 */

export class HeatMap {
  element = html("div", { class: "av-heat-window" });
  #canvas = html("canvas", { class: "av-heat", tabindex: "0", role: "application", "data-testid": "heat-map" });
  #room = html("div", { class: "av-heat-room" });
  #events;
  /** @type {HeatDrawing|null} */
  #drawing = null;
  /** @type {Pair} */
  #cursor = { query: 0, key: 0 };
  /** @type {Pair|null} */
  #pair = null;
  #fit = true;

  /** @param {HeatEvents} events */
  constructor(events) {
    this.#events = events;
    this.#canvas.setAttribute("aria-label", "Attention of every query (row) to every key (column); arrow keys move");
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

  /** Whether the labels of a fitting map would be too small to read. */
  get crowded() {
    const length = this.#drawing?.texts.length ?? 0;
    return labelStep(layOut(length, this.element.clientWidth, true)) > 1;
  }

  /** @param {HeatDrawing} drawing */
  draw(drawing) {
    if (drawing.texts !== this.#drawing?.texts) {
      this.#cursor = { query: 0, key: 0 };
      this.#pair = null;
    }
    this.#drawing = drawing;
    this.#redraw();
  }

  #layout() {
    return layOut(this.#drawing?.texts.length ?? 0, this.element.clientWidth, this.#fit);
  }

  #redraw() {
    const width = this.element.clientWidth;
    if (!this.#drawing || width === 0) return;
    const { cell, gutter, size } = this.#layout();
    this.#room.style.width = `${Math.max(size, 1)}px`;
    this.#room.style.height = `${size}px`;
    const height = Math.min(size, this.element.clientHeight || size);
    const shown = { width: Math.min(size, width), height };
    const scale = window.devicePixelRatio;
    this.#canvas.width = Math.round(shown.width * scale);
    this.#canvas.height = Math.round(shown.height * scale);
    this.#canvas.style.width = `${shown.width}px`;
    this.#canvas.style.height = `${shown.height}px`;
    const context = this.#canvas.getContext("2d");
    if (!context) return;
    context.scale(scale, scale);
    const length = this.#drawing.texts.length;
    const left = Math.floor(this.element.scrollLeft / cell);
    const top = Math.floor(this.element.scrollTop / cell);
    const part = {
      left,
      top,
      columns: Math.min(length - left, Math.ceil((shown.width - gutter) / cell) + 1),
      rows: Math.min(length - top, Math.ceil((shown.height - gutter) / cell) + 1),
    };
    this.#paint(context, this.#drawing, part, shown);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {HeatDrawing} drawing
   * @param {{left: number, top: number, columns: number, rows: number}} part
   * @param {{width: number, height: number}} shown
   */
  #paint(context, drawing, part, shown) {
    const layout = this.#layout();
    const { cell, gutter } = layout;
    const palette = paletteAt(this.element);
    const origin = { x: gutter - this.element.scrollLeft, y: gutter - this.element.scrollTop };
    context.save();
    context.beginPath();
    context.rect(gutter, gutter, shown.width - gutter, shown.height - gutter);
    context.clip();
    context.drawImage(
      paintCells(drawing, part, cell * window.devicePixelRatio, palette),
      ...[origin.x + part.left * cell, origin.y + part.top * cell, part.columns * cell, part.rows * cell],
    );
    if (this.#pair) {
      context.strokeStyle = hex(palette.text);
      context.lineWidth = 1;
      const side = Math.max(cell, 3);
      context.strokeRect(origin.x + this.#pair.key * cell, origin.y + this.#pair.query * cell, side, side);
    }
    context.restore();
    paintLabels(context, "query", drawing, part, layout, origin, palette, this.#pair);
    paintLabels(context, "key", drawing, part, layout, origin, palette, this.#pair);
  }

  #listen() {
    const canvas = this.#canvas;
    const place = (/** @type {MouseEvent} */ event) => {
      const box = canvas.getBoundingClientRect();
      const { scrollLeft: left, scrollTop: top } = this.element;
      const length = this.#drawing?.texts.length ?? 0;
      return cellAt(event.clientX - box.left, event.clientY - box.top, this.#layout(), length, { left, top });
    };
    canvas.addEventListener("pointermove", (event) => this.#hover(place(event)));
    canvas.addEventListener("pointerleave", () => this.#hover(null));
    canvas.addEventListener("click", (event) => {
      const found = place(event);
      if (found?.query === null && found.key !== null) this.#events.onToggle({ token: found.key, side: "key" });
      if (found?.key === null && found.query !== null) this.#events.onToggle({ token: found.query, side: "query" });
    });
    canvas.addEventListener("dblclick", (event) => {
      const ref = refOf(place(event));
      if (ref) this.#events.onSelect(ref);
    });
    canvas.addEventListener("keydown", (event) => this.#key(event));
    this.element.addEventListener("scroll", () => requestAnimationFrame(() => this.#redraw()));
  }

  /** @param {{query: number|null, key: number|null}|null} found */
  #hover(found) {
    const pair = found && found.query !== null && found.key !== null ? { query: found.query, key: found.key } : null;
    const same = pair?.query === this.#pair?.query && pair?.key === this.#pair?.key;
    this.#pair = pair;
    this.#events.onHover(refOf(found));
    if (same) return;
    this.#events.onPair(pair);
    this.#redraw();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const length = this.#drawing?.texts.length ?? 0;
    if (event.key === "Enter") this.#events.onSelect({ token: this.#cursor.query, side: "query" });
    else if (event.key === "Escape") this.#hover(null);
    else if (event.key in steps) {
      const [down, right] = steps[/** @type {keyof typeof steps} */ (event.key)];
      const clamp = (/** @type {number} */ to) => Math.max(0, Math.min(length - 1, to));
      this.#cursor = { query: clamp(this.#cursor.query + down), key: clamp(this.#cursor.key + right) };
      this.#hover(this.#cursor);
    } else return;
    event.preventDefault();
  }
}

/**
 * @param {{query: number|null, key: number|null}|null} found
 * @returns {TokenRef|null} a pair stands for its query
 */
function refOf(found) {
  if (found?.query != null) return { token: found.query, side: "query" };
  return found?.key != null ? { token: found.key, side: "key" } : null;
}

/**
 * @param {HeatDrawing} drawing
 * @param {{left: number, top: number, columns: number, rows: number}} part
 * @param {number} pixels of the screen a cell
 * @param {import("./palette.mjs").Palette} palette
 * @returns {HTMLCanvasElement} as large on the screen as its cells, or one pixel a cell where that is less
 */
function paintCells({ weights, texts, causal }, part, pixels, palette) {
  const width = Math.max(1, Math.min(part.columns, Math.floor(part.columns * pixels)));
  const height = Math.max(1, Math.min(part.rows, Math.floor(part.rows * pixels)));
  const values = poolHighest(weights, texts.length, part, width, height);
  const image = new ImageData(width, height);
  const absent = mix(palette.background, palette.muted, 0.16);
  for (let pixel = 0; pixel < values.length; pixel++) {
    const query = part.top + Math.floor((Math.floor(pixel / width) * part.rows) / height);
    const key = part.left + Math.floor(((pixel % width) * part.columns) / width);
    const hidden = causal && key > query;
    const colour = hidden ? absent : mix(palette.background, palette.line, darkness(values[pixel]));
    image.data.set([...colour, 255], pixel * 4);
  }
  return enlarge(image, Math.max(1, Math.round(pixels)), hex(palette.background));
}

/**
 * @param {ImageData} image
 * @param {number} cell pixels
 * @param {string} gap colour of the hairline between large cells
 * @returns {HTMLCanvasElement}
 */
function enlarge(image, cell, gap) {
  const small = html("canvas", { width: String(image.width), height: String(image.height) });
  small.getContext("2d")?.putImageData(image, 0, 0);
  if (cell < 2) return small;
  const large = html("canvas", { width: String(image.width * cell), height: String(image.height * cell) });
  const context = large.getContext("2d");
  if (!context) return small;
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, large.width, large.height);
  if (cell < 8) return large;
  context.fillStyle = gap;
  for (let x = 0; x < large.width; x += cell) context.fillRect(x, 0, 1, large.height);
  for (let y = 0; y < large.height; y += cell) context.fillRect(0, y, large.width, 1);
  return large;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Side} side
 * @param {HeatDrawing} drawing
 * @param {{left: number, top: number, columns: number, rows: number}} part
 * @param {import("./heat_geometry.mjs").HeatLayout} layout
 * @param {{x: number, y: number}} origin
 * @param {import("./palette.mjs").Palette} palette
 * @param {Pair|null} pair
 */
function paintLabels(context, side, { texts, choices }, part, layout, origin, palette, pair) {
  const { cell, gutter } = layout;
  const step = labelStep(layout);
  const [first, count] = side === "query" ? [part.top, part.rows] : [part.left, part.columns];
  const hidden = side === "query" ? choices.hiddenQueries : choices.hiddenKeys;
  const emphasised = pair ? pair[side] : choices.hovered?.side === side ? choices.hovered.token : null;
  const room = gutter - 8;
  context.textBaseline = "middle";
  context.textAlign = side === "query" ? "right" : "left";
  for (let token = first; token < first + count; token++) {
    const near = emphasised !== null && Math.abs(token - emphasised) < step;
    if (token === emphasised || (token % step === 0 && !near)) {
      const selected = choices.selected?.side === side && choices.selected.token === token;
      const strong = token === emphasised || selected;
      context.font = `${strong ? 600 : 400} 11px ${getComputedStyle(context.canvas).fontFamily}`;
      context.fillStyle = hex(strong ? palette[side] : hidden.has(token) ? palette.muted : palette.text);
      const middle = (side === "query" ? origin.y : origin.x) + (token + 0.5) * cell;
      if (middle < gutter) continue;
      context.save();
      if (side === "query") context.translate(gutter - 6, middle);
      else {
        context.translate(middle, gutter - 6);
        context.rotate(-Math.PI / 2);
      }
      context.fillText(shorten(context, texts[token], room), 0, 0);
      if (hidden.has(token)) context.fillRect(side === "query" ? -room : 0, 0, room, 1);
      context.restore();
    }
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} room pixels
 * @returns {string} the text, or its beginning with …
 */
function shorten(context, text, room) {
  if (context.measureText(text).width <= room) return text;
  const characters = Array.from(text);
  while (characters.length > 1 && context.measureText(`${characters.join("")}…`).width > room) characters.pop();
  return `${characters.join("")}…`;
}
