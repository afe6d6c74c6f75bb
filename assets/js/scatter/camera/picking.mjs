/** Mean number of points in a bucket of the index. */
const BUCKET = 4;

/**
 * Index of one head's points in a square grid, to find points near a position or inside a region.
 *
 * Later points are on top: of two at the same distance the later is found.
 */
export class PointIndex {
  #positions;
  #side;
  #starts;
  #members;

  /** @param {Float32Array} positions [n, 2], mostly within 0..1; points outside fall into the outer buckets */
  constructor(positions) {
    const n = positions.length / 2;
    this.#positions = positions;
    this.#side = Math.max(1, Math.round(Math.sqrt(n / BUCKET)));
    this.#starts = new Uint32Array(this.#side ** 2 + 1);
    this.#members = new Uint32Array(n);
    const buckets = new Uint32Array(n);
    for (let i = 0; i < n; i++) {
      buckets[i] = this.#bucket(positions[2 * i + 1]) * this.#side + this.#bucket(positions[2 * i]);
      this.#starts[buckets[i] + 1]++;
    }
    for (let b = 0; b < this.#side ** 2; b++) this.#starts[b + 1] += this.#starts[b];
    const next = this.#starts.slice();
    for (let i = 0; i < n; i++) this.#members[next[buckets[i]]++] = i;
  }

  /**
   * Find the nearest point within a radius.
   *
   * @param {number} x
   * @param {number} y
   * @param {number} radius
   * @param {(index: number) => boolean} [accept] points to consider; all without it
   * @returns {number} index, or -1
   */
  nearest(x, y, radius, accept = () => true) {
    let best = -1;
    let bestSquare = radius * radius;
    this.#visit(x - radius, y - radius, x + radius, y + radius, (i) => {
      const dx = this.#positions[2 * i] - x;
      const dy = this.#positions[2 * i + 1] - y;
      const square = dx * dx + dy * dy;
      const better = square < bestSquare || (square === bestSquare && i > best);
      if (better && accept(i)) {
        best = i;
        bestSquare = square;
      }
    });
    return best;
  }

  /**
   * Find the topmost point whose square covers a position.
   *
   * @param {number} x
   * @param {number} y
   * @param {number} half of the squares' sides
   * @param {(index: number) => boolean} accept points to consider
   * @returns {number} index, or -1
   */
  topmost(x, y, half, accept) {
    let found = -1;
    this.#visit(x - half, y - half, x + half, y + half, (i) => {
      const covers = Math.abs(this.#positions[2 * i] - x) <= half && Math.abs(this.#positions[2 * i + 1] - y) <= half;
      if (i > found && covers && accept(i)) found = i;
    });
    return found;
  }

  /**
   * Find the points inside a polygon (even-odd rule).
   *
   * @param {readonly (readonly [number, number])[]} polygon
   * @returns {number[]} ascending
   */
  inside(polygon) {
    const xs = polygon.map(([x]) => x);
    const ys = polygon.map(([, y]) => y);
    /** @type {number[]} */
    const found = [];
    this.#visit(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys), (i) => {
      if (contains(polygon, this.#positions[2 * i], this.#positions[2 * i + 1])) found.push(i);
    });
    return found.sort((a, b) => a - b);
  }

  /**
   * @param {number} x0
   * @param {number} y0
   * @param {number} x1
   * @param {number} y1
   * @param {(index: number) => void} visit
   */
  #visit(x0, y0, x1, y1, visit) {
    for (let row = this.#bucket(y0); row <= this.#bucket(y1); row++) {
      const from = this.#starts[row * this.#side + this.#bucket(x0)];
      const to = this.#starts[row * this.#side + this.#bucket(x1) + 1];
      for (let m = from; m < to; m++) visit(this.#members[m]);
    }
  }

  /** @param {number} value */
  #bucket(value) {
    return Math.min(this.#side - 1, Math.max(0, Math.floor(value * this.#side)));
  }
}

/**
 * Whether a polygon contains a position (even-odd rule).
 *
 * @param {readonly (readonly [number, number])[]} polygon
 * @param {number} x
 * @param {number} y
 */
export function contains(polygon, x, y) {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [xi, yi] = polygon[i];
    const [xj, yj] = polygon[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

/**
 * Region of a drag: a box if the path is straight from corner to corner, else the path itself.
 *
 * @param {readonly (readonly [number, number])[]} path
 * @returns {[number, number][]} polygon
 */
export function regionOf(path) {
  const [x0, y0] = path[0];
  const [x1, y1] = path[path.length - 1];
  let length = 0;
  for (let i = 1; i < path.length; i++) length += Math.hypot(path[i][0] - path[i - 1][0], path[i][1] - path[i - 1][1]);
  const straight = length <= 1.15 * Math.hypot(x1 - x0, y1 - y0);
  if (!straight) return path.map(([x, y]) => [x, y]);
  return [
    [x0, y0],
    [x1, y0],
    [x1, y1],
    [x0, y1],
  ];
}
