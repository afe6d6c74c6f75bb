/** Painting of the heat map on a canvas: cells, labels of both axes, the frame of one pair. */

import { darkness, labelStep, poolHighest } from "./heat_geometry.mjs";
import { hex, mix } from "../kit/colors.mjs";

/** @typedef {import("./choices.mjs").Choices} Choices */
/** @typedef {import("./heat_geometry.mjs").HeatLayout} HeatLayout */
/** @typedef {import("./heat_geometry.mjs").Part} Part */
/** @typedef {import("./heat_geometry.mjs").Size} Size */
/** @typedef {import("../kit/colors.mjs").Palette} Palette */
/** @typedef {import("../kit/weights.mjs").Side} Side */
/** @typedef {{query: number, key: number}} Pair */
/**
 * @typedef {object} HeatDrawing
 * @property {readonly string[]} texts visible texts
 * @property {Float32Array} weights [length * length]
 * @property {boolean} causal whether keys after the query are absent
 * @property {Choices} choices
 */
/**
 * @typedef {object} HeatWindow
 * @property {HeatLayout} layout
 * @property {Part} part visible cells
 * @property {Size} shown
 * @property {{x: number, y: number}} origin position of the first cell, may be outside the window
 * @property {Pair|null} framed
 * @property {Palette} palette
 * @property {HTMLCanvasElement} cells image of the visible cells, from {@link cellImage}
 */

export const LABEL_FONT_SIZE = 11;
const GAPS_FROM = 8;
const ABSENT = 0.12;
const MARGIN = 6;

/**
 * @param {CanvasRenderingContext2D} context scaled to pixels
 * @param {HeatDrawing} drawing
 * @param {HeatWindow} view
 */
export function paintHeatMap(context, drawing, view) {
  const { layout, shown } = view;
  context.save();
  context.beginPath();
  context.rect(layout.gutter, layout.gutter, shown.width - layout.gutter, shown.height - layout.gutter);
  context.clip();
  paintCells(context, view);
  paintFrame(context, view);
  context.restore();
  paintLabels(context, "query", drawing, view);
  paintLabels(context, "key", drawing, view);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {HeatWindow} view
 */
function paintCells(context, { layout: { cell }, part, origin, palette, cells }) {
  const [x, y] = [origin.x + part.left * cell, origin.y + part.top * cell];
  const [width, height] = [part.columns * cell, part.rows * cell];
  context.imageSmoothingEnabled = false;
  context.drawImage(cells, x, y, width, height);
  if (cell < GAPS_FROM) return;
  context.fillStyle = hex(palette.background);
  for (let column = 0; column <= part.columns; column++) context.fillRect(x + column * cell - 1, y, 1, height);
  for (let row = 0; row <= part.rows; row++) context.fillRect(x, y + row * cell - 1, width, 1);
}

/**
 * Draw the visible cells, before scaling.
 *
 * @param {Pick<HeatDrawing, "weights"|"texts"|"causal">} drawing
 * @param {Part} part
 * @param {Size} size pixels, see {@link imageSize}
 * @param {Palette} palette
 * @returns {HTMLCanvasElement}
 */
export function cellImage({ weights, texts, causal }, part, size, palette) {
  const values = poolHighest(weights, texts.length, part, size);
  const ramp = Array.from({ length: 256 }, (_, shade) => packed(mix(palette.background, palette.line, shade / 255)));
  const absent = packed(mix(palette.background, palette.text, ABSENT));
  const image = new ImageData(size.width, size.height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let y = 0, pixel = 0; y < size.height; y++) {
    const query = part.top + Math.floor((y * part.rows) / size.height);
    for (let x = 0; x < size.width; x++, pixel++) {
      const key = part.left + Math.floor((x * part.columns) / size.width);
      const unseen = causal && key > query && values[pixel] === 0;
      pixels[pixel] = unseen ? absent : ramp[Math.round(darkness(values[pixel]) * 255)];
    }
  }
  const canvas = document.createElement("canvas");
  canvas.width = size.width;
  canvas.height = size.height;
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return canvas;
}

/**
 * @param {import("../kit/colors.mjs").Rgb} color
 * @returns {number} opaque, in the byte order of an ImageData on a little-endian machine
 */
function packed([red, green, blue]) {
  return (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {HeatWindow} view
 */
function paintFrame(context, { framed, layout: { cell }, origin, palette }) {
  if (!framed) return;
  const side = Math.max(cell, 3);
  context.strokeStyle = hex(palette.text);
  context.lineWidth = 1.5;
  context.strokeRect(origin.x + framed.key * cell - 0.5, origin.y + framed.query * cell - 0.5, side, side);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Side} side
 * @param {HeatDrawing} drawing
 * @param {HeatWindow} view
 */
function paintLabels(context, side, { texts, choices }, { layout, part, origin, framed, palette }) {
  const { cell, gutter } = layout;
  const [first, count, start] =
    side === "query" ? [part.top, part.rows, origin.y] : [part.left, part.columns, origin.x];
  const hidden = side === "query" ? choices.hiddenQueries : choices.hiddenKeys;
  const selected = choices.selected?.side === side ? choices.selected.token : null;
  const pointed = framed ? framed[side] : choices.hovered?.side === side ? choices.hovered.token : null;
  const family = getComputedStyle(context.canvas).fontFamily;
  for (const token of labeled(first, count, labelStep(layout), pointed)) {
    const strong = token === pointed || token === selected;
    const middle = start + (token + 0.5) * cell;
    if (middle < gutter) continue;
    context.save();
    context.font = `${strong ? 600 : 400} ${LABEL_FONT_SIZE}px ${family}`;
    context.fillStyle = hex(strong ? palette[side] : hidden.has(token) ? palette.muted : palette.text);
    if (side === "query") context.translate(gutter - MARGIN, middle);
    else {
      context.translate(middle, gutter - MARGIN);
      context.rotate(-Math.PI / 2);
    }
    paintLabel(context, texts[token], side === "query" ? -1 : 1, gutter - 2 * MARGIN, hidden.has(token));
    context.restore();
  }
}

/**
 * @param {number} first
 * @param {number} count
 * @param {number} step
 * @param {number|null} pointed has its label always, and its neighbors make room
 * @returns {number[]} tokens to label
 */
export function labeled(first, count, step, pointed) {
  return Array.from({ length: count }, (_, index) => first + index).filter(
    (token) => token === pointed || (token % step === 0 && (pointed === null || Math.abs(token - pointed) >= step)),
  );
}

/**
 * @param {CanvasRenderingContext2D} context at the end of the label that is next to the cells
 * @param {string} text
 * @param {-1|1} direction in which the label lies from there
 * @param {number} room pixels
 * @param {boolean} struck
 */
function paintLabel(context, text, direction, room, struck) {
  const characters = Array.from(text);
  let shown = text;
  while (characters.length > 1 && context.measureText(shown).width > room) {
    characters.pop();
    shown = `${characters.join("")}…`;
  }
  context.textBaseline = "middle";
  context.textAlign = direction < 0 ? "right" : "left";
  context.fillText(shown, 0, 0);
  if (struck) context.fillRect(0, 0, direction * context.measureText(shown).width, 1);
}
