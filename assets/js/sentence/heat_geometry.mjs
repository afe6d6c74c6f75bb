/** Geometry of the heat map, and shade of a weight. Pixels from the window's top left corner. */

/**
 * @typedef {object} HeatLayout
 * @property {number} cell side of a cell, less than a pixel for a long sentence that fits the window
 * @property {number} gutter width and height of the axis labels
 * @property {number} size of the whole map with its labels
 */
/** @typedef {{left: number, top: number, columns: number, rows: number}} Part Cells from a corner on. */
/** @typedef {{width: number, height: number}} Size */
/** @typedef {{query: number|null, key: number|null}} HeatTarget A pair, or the label of one token. */

const LARGEST_CELL = 24;
const READABLE_CELL = 14;
const WHOLE_PIXELS_FROM = 3;
const SMALLEST_LABEL = 11;
const GUTTER_MARGIN = 12;

/**
 * @param {number} length tokens
 * @param {number} width of the window
 * @param {boolean} fit shrink the cells until all are visible; otherwise labels stay readable and the map scrolls
 * @param {number} labelWidth of the widest label
 * @returns {HeatLayout}
 */
export function layOut(length, width, fit, labelWidth) {
  const gutter = Math.ceil(Math.min(labelWidth + GUTTER_MARGIN, Math.max(56, width * 0.22)));
  const fitting = Math.min(LARGEST_CELL, Math.max(0, width - gutter) / Math.max(1, length));
  const wanted = fit ? fitting : Math.max(READABLE_CELL, fitting);
  const cell = wanted >= WHOLE_PIXELS_FROM ? Math.floor(wanted) : wanted;
  return { cell, gutter, size: gutter + cell * length };
}

/**
 * @param {HeatLayout} layout
 * @returns {number} step between labeled tokens
 */
export function labelStep({ cell }) {
  return cell > 0 ? Math.max(1, Math.ceil(SMALLEST_LABEL / cell)) : 1;
}

/**
 * @param {HeatLayout} layout
 * @param {number} length tokens
 * @param {Size} shown size of the window
 * @param {{left: number, top: number}} scroll
 * @returns {Part} visible cells
 */
export function seenPart({ cell, gutter }, length, shown, scroll) {
  const left = Math.floor(scroll.left / cell);
  const top = Math.floor(scroll.top / cell);
  const across = (/** @type {number} */ room) => Math.ceil(Math.max(0, room - gutter) / cell) + 1;
  return {
    left,
    top,
    columns: Math.max(0, Math.min(length - left, across(shown.width))),
    rows: Math.max(0, Math.min(length - top, across(shown.height))),
  };
}

/**
 * @param {Part} part
 * @param {number} cell device pixels
 * @returns {Size} pixels of the part's image: one per cell, at most the device pixels
 */
export function imageSize({ columns, rows }, cell) {
  const pixels = (/** @type {number} */ cells) => Math.max(1, Math.min(cells, Math.floor(cells * cell)));
  return { width: pixels(columns), height: pixels(rows) };
}

/**
 * Find the pair or label at a position in the window.
 *
 * @param {number} x
 * @param {number} y
 * @param {HeatLayout} layout
 * @param {number} length tokens
 * @param {{left: number, top: number}} scroll
 * @returns {HeatTarget|null} null in the corner and outside
 */
export function targetAt(x, y, { cell, gutter }, length, scroll) {
  const index = (/** @type {number} */ at, /** @type {number} */ scrolled) =>
    at < gutter ? null : Math.floor((at - gutter + scrolled) / cell);
  const key = index(x, scroll.left);
  const query = index(y, scroll.top);
  const outside = (key ?? 0) >= length || (query ?? 0) >= length;
  return outside || (key === null && query === null) ? null : { query, key };
}

/**
 * Reduce a part of the pattern to at most one pixel per cell; cells that share a pixel show their maximum, so that a thin
 * diagonal stays visible.
 *
 * @param {Float32Array} weights [length * length]
 * @param {number} length
 * @param {Part} part cells of the picture
 * @param {Size} size pixels, at most as many as cells
 * @returns {Float32Array} [height * width]
 */
export function poolHighest(weights, length, { left, top, columns, rows }, { width, height }) {
  const picture = new Float32Array(width * height);
  for (let row = 0; row < rows; row++) {
    const line = Math.floor((row * height) / rows) * width;
    const source = (top + row) * length + left;
    for (let column = 0; column < columns; column++) {
      const pixel = line + Math.floor((column * width) / columns);
      picture[pixel] = Math.max(picture[pixel], weights[source + column]);
    }
  }
  return picture;
}

/**
 * Shade of a weight. The square root keeps weights of 0.01 visible beside a sink.
 *
 * @param {number} weight 0..1
 * @returns {number} 0..1
 */
export function darkness(weight) {
  return Math.sqrt(Math.max(0, Math.min(1, weight)));
}
