import { compactExtent, compactGrid, compactHeadAt, compactOrigin } from "./compact_grid.mjs";

/**
 * Layout of the Matrix View: one square cell per head, rows are layers, columns are heads; or selected heads in a custom
 * order.
 *
 * World units are cells. A deep, narrow model (30 layers of 9 heads on a wide screen) would leave most of the stage empty,
 * so its rows continue in further bands to the right, as the columns of a newspaper do.
 *
 * @typedef {{nLayers: number, nHeads: number, bands: number, rowsPerBand: number, bandPitch: number, width: number,
 *   height: number, compact: import("./compact_grid.mjs").CompactGrid | null}} Layout  bandPitch, width and height in cells
 * @typedef {{x: number, y: number, width: number, height: number}} Rect
 * @typedef {{layer: number, head: number}} Head
 */

/** Margin between a cell's edge and the square that its points fill, in cells. */
export const PAD = 0.05;

/** Gap between two bands for the headings of the right one, in cells. */
const BAND_GAP = 1.2;

/** Cells of this many pixels read well: nothing is wrapped to make them larger. */
const COMFORTABLE = 40;

/** More bands must enlarge the cells by this factor. */
const WORTHWHILE = 1.4;

/**
 * @param {number} nLayers
 * @param {number} nHeads
 * @param {{width: number, height: number}} room pixels for the cells
 * @param {readonly number[] | null} [chosen] heads to show, in this order; default: all in model order
 * @returns {Layout}
 */
export function layoutCells(nLayers, nHeads, room, chosen = null) {
  if (chosen && chosen.length > 0) {
    const compact = compactGrid(chosen, room);
    return { ...withBands(nLayers, nHeads, 1), ...compactExtent(compact), compact };
  }
  let best = withBands(nLayers, nHeads, 1);
  for (let bands = 2; bands <= Math.min(6, nLayers); bands++) {
    const size = cellSize(best, room);
    if (size >= COMFORTABLE) break;
    const candidate = withBands(nLayers, nHeads, bands);
    if (cellSize(candidate, room) >= size * WORTHWHILE) best = candidate;
  }
  return best;
}

/**
 * @param {number} nLayers
 * @param {number} nHeads
 * @param {number} bands
 * @returns {Layout}
 */
function withBands(nLayers, nHeads, bands) {
  const rowsPerBand = Math.ceil(nLayers / bands);
  const filled = Math.ceil(nLayers / rowsPerBand);
  const bandPitch = nHeads + BAND_GAP;
  return {
    nLayers,
    nHeads,
    bands: filled,
    rowsPerBand,
    bandPitch,
    width: filled * bandPitch - BAND_GAP,
    height: rowsPerBand,
    compact: null,
  };
}

/**
 * Side of a cell in pixels when the whole layout fits.
 *
 * @param {Layout} layout
 * @param {{width: number, height: number}} room
 */
export function cellSize(layout, room) {
  return Math.min(room.width / layout.width, room.height / layout.height);
}

/**
 * Upper left corner of a head's cell.
 *
 * @param {Layout} layout
 * @param {number} layer
 * @param {number} head
 * @returns {[number, number]}
 */
export function cellOrigin(layout, layer, head) {
  if (layout.compact) return compactOrigin(layout.compact, layer * layout.nHeads + head);
  const band = Math.floor(layer / layout.rowsPerBand);
  return [band * layout.bandPitch + head, layer % layout.rowsPerBand];
}

/**
 * The square of a head's points, without its margin.
 *
 * @param {Layout} layout
 * @param {number} layer
 * @param {number} head
 * @returns {Rect}
 */
export function pointSquare(layout, layer, head) {
  const [x, y] = cellOrigin(layout, layer, head);
  return { x: x + PAD, y: y + PAD, width: 1 - 2 * PAD, height: 1 - 2 * PAD };
}

/**
 * Find the head whose cell contains a position.
 *
 * @param {Layout} layout
 * @param {number} x
 * @param {number} y
 * @returns {Head | null}
 */
export function headAt(layout, x, y) {
  if (layout.compact) {
    const found = compactHeadAt(layout.compact, x, y);
    return found === null ? null : { layer: Math.floor(found / layout.nHeads), head: found % layout.nHeads };
  }
  const band = Math.floor(x / layout.bandPitch);
  const head = Math.floor(x - band * layout.bandPitch);
  const row = Math.floor(y);
  const layer = band * layout.rowsPerBand + row;
  const inside =
    band >= 0 &&
    band < layout.bands &&
    head < layout.nHeads &&
    row >= 0 &&
    row < layout.rowsPerBand &&
    layer < layout.nLayers;
  return inside ? { layer, head } : null;
}

/**
 * Runs of neighboring heads that a part of the world shows: the whole matrix at once, or row by row when that draws
 * fewer heads. In a custom order each head is its own run.
 *
 * @param {Layout} layout
 * @param {Rect} visible
 * @returns {{first: number, count: number}[]} heads counted row by row
 */
export function visibleRuns(layout, visible) {
  if (layout.compact) {
    return layout.compact.heads
      .filter((head) => isVisible(layout, head, visible))
      .map((head) => ({ first: head, count: 1 }));
  }
  /** @type {{first: number, count: number}[]} */
  const runs = [];
  let shown = 0;
  for (let layer = 0; layer < layout.nLayers; layer++) {
    const [x0, y0] = cellOrigin(layout, layer, 0);
    if (y0 + 1 < visible.y || y0 > visible.y + visible.height) continue;
    const from = Math.max(0, Math.floor(visible.x - x0));
    const to = Math.min(layout.nHeads, Math.ceil(visible.x + visible.width - x0));
    if (to <= from) continue;
    runs.push({ first: layer * layout.nHeads + from, count: to - from });
    shown += to - from;
  }
  const all = layout.nLayers * layout.nHeads;
  return shown === all ? [{ first: 0, count: all }] : runs;
}

/**
 * @param {Layout} layout
 * @param {number} index of the head, counted row by row
 * @param {Rect} visible
 */
function isVisible(layout, index, { x, y, width, height }) {
  const [left, top] = cellOrigin(layout, Math.floor(index / layout.nHeads), index % layout.nHeads);
  return left + 1 >= x && left <= x + width && top + 1 >= y && top <= y + height;
}
