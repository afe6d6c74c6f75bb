/** Where the cells of the heat map are, and what colour a weight has. Pixels from the window's top left corner. */

/**
 * @typedef {object} HeatLayout
 * @property {number} cell side of a cell, may be a fraction of a pixel
 * @property {number} gutter width and height of the axis labels
 * @property {number} size of the whole map with its labels
 */

const LARGEST_CELL = 24;
const READABLE_CELL = 14;
const SMALLEST_LABEL = 11;

/**
 * @param {number} length tokens
 * @param {number} width of the window
 * @param {boolean} fit shrink the cells until all are seen; otherwise labels stay readable and the map scrolls
 * @returns {HeatLayout}
 */
export function layOut(length, width, fit) {
  const gutter = Math.max(56, Math.min(96, Math.round(width * 0.22)));
  const fitting = Math.min(LARGEST_CELL, (width - gutter) / Math.max(1, length));
  const cell = fit ? fitting : Math.max(READABLE_CELL, fitting);
  return { cell, gutter, size: gutter + cell * length };
}

/**
 * @param {HeatLayout} layout
 * @returns {number} every so many tokens get a label
 */
export function labelStep({ cell }) {
  return Math.max(1, Math.ceil(SMALLEST_LABEL / cell));
}

/**
 * What is under a place of the window.
 *
 * @param {number} x
 * @param {number} y
 * @param {HeatLayout} layout
 * @param {number} length tokens
 * @param {{left: number, top: number}} scroll
 * @returns {{query: number|null, key: number|null}|null} a pair, the label of one token, or nothing
 */
export function cellAt(x, y, { cell, gutter }, length, scroll) {
  const key = x < gutter ? null : Math.floor((x - gutter + scroll.left) / cell);
  const query = y < gutter ? null : Math.floor((y - gutter + scroll.top) / cell);
  if ((key === null && query === null) || (key ?? 0) >= length || (query ?? 0) >= length) return null;
  return { query, key };
}

/**
 * The picture of a part of the pattern with at most one pixel a cell; where cells share a pixel the highest wins, so
 * that a thin diagonal stays visible.
 *
 * @param {Float32Array} weights [length * length]
 * @param {number} length
 * @param {{left: number, top: number, columns: number, rows: number}} part cells of the picture
 * @param {number} width pixels, at most `columns`
 * @param {number} height pixels, at most `rows`
 * @returns {Float32Array} [height * width]
 */
export function poolHighest(weights, length, { left, top, columns, rows }, width, height) {
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
 * How dark a weight is drawn. The square root keeps weights of one in a hundred visible beside a sink.
 *
 * @param {number} weight 0..1
 * @returns {number} 0..1
 */
export function darkness(weight) {
  return Math.sqrt(Math.max(0, Math.min(1, weight)));
}
