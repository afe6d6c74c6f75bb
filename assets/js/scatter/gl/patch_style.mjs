/**
 * How large patches are drawn: legible in Single View, small enough in the matrix to leave gaps between them.
 *
 * @typedef {import("./point_style.mjs").PointStyle} PointStyle
 */

/** Share of a head's area that its patches would cover without overlap. */
const COVERAGE = 0.7;

/** Sides of patches where one head fills the stage, in pixels. */
const SMALLEST_ALONE = 15;
const LARGEST_ALONE = 25;

/** Sides in the matrix, in pixels. */
const SMALLEST = 1.5;
const LARGEST = 15;

/** Zoomed in, patches grow up to this. */
const LARGEST_ZOOMED = 64;

/**
 * Share of a patch's side that its frame takes: a thin one beside the patch itself; a broad one where its color is the news,
 * so broad that it nearly fills a small patch.
 */
const THIN = 0.09;
const BROAD = 0.17;
const BROADEST = 0.36;

/** Frames of large patches, and broad frames of small ones, in pixels. */
const WIDEST_THIN = 2.5;
const WIDEST_BROAD = 6;
const NEEDED = 2.4;

/**
 * @param {{points: number, emphasized: number, side: number, homeSide: number, filled: boolean, plain: boolean}} head
 *   points and emphasized points of a head; side of its square now, and when one head fills the stage, in pixels; whether
 *   patches are filled with their color; whether colors only tell queries from keys
 * @returns {PointStyle}
 */
export function patchStyle({ points, emphasized, side, homeSide, filled, plain }) {
  const fitted = Math.min(side, homeSide);
  const alone = Math.min(1, fitted / homeSide);
  const ideal = fitted * Math.sqrt(COVERAGE / Math.max(1, points));
  const smallest = Math.max(SMALLEST, alone * Math.min(SMALLEST_ALONE, homeSide / 32));
  const largest = Math.max(smallest, alone < 1 ? Math.min(LARGEST, alone * LARGEST_ALONE * 2) : LARGEST_ALONE);
  const magnified = Math.max(1, side / homeSide) ** 0.6;
  const size = Math.min(LARGEST_ZOOMED, Math.min(largest, Math.max(smallest, ideal)) * magnified);
  const room = fitted * Math.sqrt(COVERAGE / Math.max(1, emphasized)) * magnified;
  const strong = Math.min(Math.max(room, 1.2 * size, 3), 1.5 * size + 2);
  return { size, alpha: 1, emphasized: strong, mark: filled ? "filled" : "framed", frame: frameShare(size, plain) };
}

/**
 * @param {number} size
 * @param {boolean} plain
 */
function frameShare(size, plain) {
  if (plain) return Math.min(THIN, WIDEST_THIN / size);
  return Math.min(Math.max(BROAD, Math.min(BROADEST, NEEDED / size)), WIDEST_BROAD / size);
}
