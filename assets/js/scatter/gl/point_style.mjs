/**
 * Size and opacity of points: legible for 1 500 and 20 000 points, in cells of 30 and of 900 pixels.
 *
 * @typedef {"dot" | "framed" | "filled"} Mark  dots, or patches in a frame of their color or filled with it
 * @typedef {{size: number, alpha: number, emphasized: number, mark: Mark, frame: number}} PointStyle  sizes are diameters
 *   in CSS pixels; frame is a share of the diameter
 */

/** Shares of a cell's area that all dots, or emphasized dots, would cover without overlap; diameters in pixels. */
const DOT = Object.freeze({ coverage: 0.24, emphasizedCoverage: 0.2, smallest: 1.1, largest: 8 });

/**
 * Share of a cell's area that all patches would cover without overlap; sides in pixels: in the matrix, where one head
 * fills the stage, and zoomed in.
 */
const PATCH = Object.freeze({
  coverage: 0.7,
  smallest: 1.5,
  largest: 15,
  smallestAlone: 15,
  largestAlone: 25,
  largestZoomed: 64,
});

/**
 * Frames of patches: shares of the side, and widths in pixels. A frame is thin where it only names the side, broad where
 * its color carries a value; on a small patch it is at least `needed` wide, up to the share `broadest`.
 */
const FRAME = Object.freeze({ thin: 0.09, broad: 0.17, broadest: 0.36, widestThin: 2.5, widestBroad: 6, needed: 2.4 });

/**
 * Compute how dots are drawn.
 *
 * @param {{points: number, emphasized: number, side: number, homeSide: number}} head points and emphasized points of a
 *   head; side of its square now, and when one head fills the stage, in pixels
 * @returns {PointStyle}
 */
export function pointStyle({ points, emphasized, side, homeSide }) {
  const fitted = Math.min(side, homeSide);
  const magnified = Math.max(1, side / homeSide) ** 0.4;
  const ideal = fitted * Math.sqrt(DOT.coverage / Math.max(1, points));
  const size = clamp(ideal, DOT.smallest, DOT.largest) * magnified;
  const alpha = 0.75 * clamp(Math.sqrt(ideal / DOT.smallest), 0.6, 1);
  const room = fitted * Math.sqrt(DOT.emphasizedCoverage / Math.max(1, emphasized)) * magnified;
  const smallest = Math.max(clamp(0.08 * side, 3, 4.4), size * 1.25);
  const strong = clamp(room, smallest, Math.max(smallest, Math.min(size * 1.7 + 2.5, 16)));
  return { size, alpha, emphasized: strong, mark: "dot", frame: 0 };
}

/**
 * Compute how patches are drawn: legible in Single View, small enough in the matrix to leave gaps between them.
 *
 * @param {{points: number, emphasized: number, side: number, homeSide: number, filled: boolean, sideOnly: boolean}} head
 *   points and emphasized points of a head; side of its square now, and when one head fills the stage, in pixels; whether
 *   patches are filled with their color; whether colors only distinguish queries from keys
 * @returns {PointStyle}
 */
export function patchStyle({ points, emphasized, side, homeSide, filled, sideOnly }) {
  const fitted = Math.min(side, homeSide);
  const alone = Math.min(1, fitted / homeSide);
  const ideal = fitted * Math.sqrt(PATCH.coverage / Math.max(1, points));
  const smallest = Math.max(PATCH.smallest, alone * Math.min(PATCH.smallestAlone, homeSide / 32));
  const largest = Math.max(smallest, alone < 1 ? Math.min(PATCH.largest, alone * PATCH.largestAlone * 2) : PATCH.largestAlone);
  const magnified = Math.max(1, side / homeSide) ** 0.6;
  const size = Math.min(PATCH.largestZoomed, Math.min(largest, Math.max(smallest, ideal)) * magnified);
  const room = fitted * Math.sqrt(PATCH.coverage / Math.max(1, emphasized)) * magnified;
  const strong = Math.min(Math.max(room, 1.2 * size, 3), 1.5 * size + 2);
  return { size, alpha: 1, emphasized: strong, mark: filled ? "filled" : "framed", frame: frameShare(size, sideOnly) };
}

/**
 * @param {number} size
 * @param {boolean} sideOnly
 */
function frameShare(size, sideOnly) {
  if (sideOnly) return Math.min(FRAME.thin, FRAME.widestThin / size);
  return Math.min(Math.max(FRAME.broad, Math.min(FRAME.broadest, FRAME.needed / size)), FRAME.widestBroad / size);
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}
