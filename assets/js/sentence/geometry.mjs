/** Where the rows and lines of the bipartite graph are. Pixels; rows are counted from the top. */

/** @typedef {import("../kit/weights.mjs").Line} Line */
/** @typedef {{first: number, last: number}} Rows Both ends belong to it; empty where last < first. */

/** Longest sentence that is drawn as a whole; of longer ones only the visible rows are drawn. */
export const WHOLE_UP_TO = 128;
const MARGIN_ROWS = 6;
const SHORTEST_GAP = 90;

/**
 * @param {number} length tokens
 * @param {number} rowHeight
 * @param {number} scrollTop
 * @param {number} height of the window
 * @returns {Rows} rows to draw: those in the window and a few around it
 */
export function rowsToDraw(length, rowHeight, scrollTop, height) {
  if (length <= WHOLE_UP_TO) return { first: 0, last: length - 1 };
  const first = Math.floor(scrollTop / rowHeight) - MARGIN_ROWS;
  const last = Math.ceil((scrollTop + height) / rowHeight) + MARGIN_ROWS;
  return { first: Math.max(0, first), last: Math.min(length - 1, last) };
}

/**
 * @param {readonly Line[]} lines
 * @param {Rows} rows
 * @returns {Line[]} the lines that begin or end in the rows; those that only pass would cover them
 */
export function linesTouching(lines, { first, last }) {
  return lines.filter(({ query, key }) => (query >= first && query <= last) || (key >= first && key <= last));
}

/**
 * @param {readonly Line[]} lines
 * @param {number} most
 * @returns {Line[]} at most so many, in the order to draw them: the strongest last, on top
 */
export function strongest(lines, most) {
  const ordered = lines.slice().sort((a, b) => a.weight - b.weight);
  return ordered.slice(Math.max(0, ordered.length - most));
}

/**
 * @param {number} width of the graph
 * @returns {{token: number, left: number, right: number}} width of a token column; where lines start and end
 */
export function columnsIn(width) {
  const token = Math.max(48, Math.min(180, Math.round((width - SHORTEST_GAP) * 0.42)));
  return { token, left: token, right: width - token };
}

/**
 * @param {number} token
 * @param {number} rowHeight
 * @returns {number} y of a token's middle
 */
export function middleOf(token, rowHeight) {
  return (token + 0.5) * rowHeight;
}
