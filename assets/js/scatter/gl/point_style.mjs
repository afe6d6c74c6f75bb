/**
 * How large and how opaque points are, so that 1 500 and 20 000 of them read well in a cell of 30 and of 900 pixels.
 *
 * @typedef {"dot" | "framed" | "filled"} Mark  dots, or patches in a frame of their color or filled with it
 * @typedef {{size: number, alpha: number, emphasized: number, mark: Mark, frame: number}} PointStyle  sizes are diameters
 *   in CSS pixels; frame is a share of the diameter
 */

/** Share of a cell's area that its points would cover without overlap. */
const COVERAGE = 0.24;

/** Share that emphasized points may cover. */
const EMPHASIZED_COVERAGE = 0.2;

const SMALLEST = 1.1;
const LARGEST = 8;

/**
 * @param {{points: number, emphasized: number, side: number, homeSide: number}} head points and emphasized points of a
 *   head; side of its square now, and when one head fills the stage, in pixels
 * @returns {PointStyle}
 */
export function pointStyle({ points, emphasized, side, homeSide }) {
  const fitted = Math.min(side, homeSide);
  const magnified = Math.max(1, side / homeSide) ** 0.4;
  const ideal = fitted * Math.sqrt(COVERAGE / Math.max(1, points));
  const size = clamp(ideal, SMALLEST, LARGEST) * magnified;
  const alpha = 0.75 * clamp(Math.sqrt(ideal / SMALLEST), 0.6, 1);
  const room = fitted * Math.sqrt(EMPHASIZED_COVERAGE / Math.max(1, emphasized)) * magnified;
  const smallest = Math.max(clamp(0.08 * side, 3, 4.4), size * 1.25);
  const strong = clamp(room, smallest, Math.max(smallest, Math.min(size * 1.7 + 2.5, 16)));
  return { size, alpha, emphasized: strong, mark: "dot", frame: 0 };
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}
