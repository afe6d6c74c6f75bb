/**
 * Labels of points that never overlap.
 *
 * @typedef {{vertex: number, text: string, x: number, y: number, width: number}} Label  x, y: left end and middle of the
 *   text on the stage, in pixels
 */

export const LABEL_FONT = "12px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";
export const LABEL_HEIGHT = 15;

/** Most labels at the home zoom, without emphasis; the limit grows with the zoom. */
const AT_HOME = 70;
const MOST = 400;

/** Smallest distance of equal labels without emphasis, in pixels. */
export const REPEATED_FROM = 120;

/** Side of the squares that index boxes for the overlap test, in pixels. */
const SQUARE = 64;

/**
 * Most labels to show without emphasis.
 *
 * @param {number} zoom relative to home
 */
export function labelLimit(zoom) {
  return Math.round(Math.min(MOST, AT_HOME * Math.max(0.5, zoom)));
}

/**
 * Place labels beside their points in the order of the candidates; skip those without a free side. Deterministic.
 *
 * @param {Iterable<number>} vertices candidates, most important first
 * @param {{position: (vertex: number) => [number, number], text: (vertex: number) => string, width: (text: string) => number,
 *   stage: {width: number, height: number}, gap: (vertex: number) => number, limit?: number, apart?: number}} options position on the stage; gap
 *   between a point's center and its label; apart: smallest distance of equal labels, in pixels
 * @returns {Label[]}
 */
export function placeLabels(vertices, { position, text, width, stage, gap, limit = MOST, apart = 0 }) {
  /** @type {Label[]} */
  const labels = [];
  const taken = new Occupancy();
  /** @type {Map<string, [number, number][]>} */
  const said = new Map();
  for (const vertex of vertices) {
    if (labels.length >= limit) break;
    const [x, y] = position(vertex);
    if (x < 0 || y < 0 || x > stage.width || y > stage.height) continue;
    const words = text(vertex);
    if (words === "" || isNear(said.get(words), x, y, apart)) continue;
    const w = width(words);
    const away = gap(vertex);
    const half = LABEL_HEIGHT / 2;
    const anchors = [
      [x + away, y],
      [x - away - w, y],
      [x - w / 2, y - away - half],
      [x - w / 2, y + away + half],
    ];
    for (const [left, middle] of anchors) {
      const box = { x: left - 1, y: middle - half, width: w + 2, height: LABEL_HEIGHT };
      const inside = box.x >= 0 && box.y >= 0 && box.x + box.width <= stage.width && box.y + box.height <= stage.height;
      if (inside && taken.claim(box)) {
        labels.push({ vertex, text: words, x: left, y: middle, width: w });
        said.set(words, [...(said.get(words) ?? []), [x, y]]);
        break;
      }
    }
  }
  return labels;
}

/**
 * @param {[number, number][] | undefined} positions
 * @param {number} x
 * @param {number} y
 * @param {number} distance
 */
function isNear(positions, x, y, distance) {
  return positions !== undefined && positions.some(([px, py]) => Math.hypot(px - x, py - y) < distance);
}

/** Occupied boxes, indexed by squares. */
class Occupancy {
  /** @type {Map<number, import("../camera/cells.mjs").Rect[]>} */
  #squares = new Map();

  /**
   * Occupy a box if it is free.
   *
   * @param {import("../camera/cells.mjs").Rect} box
   */
  claim(box) {
    const keys = [];
    for (let row = Math.floor(box.y / SQUARE); row * SQUARE < box.y + box.height; row++) {
      for (let column = Math.floor(box.x / SQUARE); column * SQUARE < box.x + box.width; column++)
        keys.push(row * 4096 + column);
    }
    if (keys.some((key) => this.#squares.get(key)?.some((other) => overlaps(box, other)))) return false;
    for (const key of keys) {
      const square = this.#squares.get(key);
      if (square) square.push(box);
      else this.#squares.set(key, [box]);
    }
    return true;
  }
}

/**
 * @param {import("../camera/cells.mjs").Rect} a
 * @param {import("../camera/cells.mjs").Rect} b
 */
function overlaps(a, b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
