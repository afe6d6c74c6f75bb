/**
 * The movement of the camera between all heads and one of them.
 *
 * @typedef {import("./camera/camera2d.mjs").Camera} Camera
 * @typedef {import("./camera/cells.mjs").Head} Head
 * @typedef {import("./camera/viewpoint.mjs").Viewpoint} Viewpoint
 * @typedef {{first: number, count: number}} HeadRun  heads counted row by row
 * @typedef {{runs: HeadRun[], opacity: number}} DrawPass
 * @typedef {{head: Head, share: number}} Companion  the head that stays visible, and the opacity of the others
 */

/** Milliseconds; 0 for users who prefer reduced motion. */
const DURATION = 480;

export class Motion {
  #start = performance.now();
  #duration = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : DURATION;

  /**
   * @param {Camera} from
   * @param {Head} companion head that stays visible
   * @param {boolean} leaving whether its neighbors fade out
   */
  constructor(from, companion, leaving) {
    this.from = from;
    this.companion = companion;
    this.leaving = leaving;
  }

  /**
   * @param {number} now milliseconds
   * @returns {number} 0..1, slow at both ends
   */
  progress(now) {
    const t = this.#duration === 0 ? 1 : Math.min(1, Math.max(0, (now - this.#start) / this.#duration));
    return t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2;
  }
}

/**
 * List what the point layer draws; on the way to or from a single head, that head is drawn separately after the others.
 *
 * @param {Viewpoint} viewpoint
 * @param {Companion | null} companion
 * @returns {DrawPass[]}
 */
export function drawPasses(viewpoint, companion) {
  if (!companion) return [{ runs: viewpoint.runs(), opacity: 1 }];
  const { nHeads } = viewpoint.layout;
  const alone = companion.head.layer * nHeads + companion.head.head;
  const others = viewpoint.neighborRuns().flatMap(({ first, count }) => {
    const end = first + count;
    if (alone < first || alone >= end) return [{ first, count }];
    return [...rowRuns(first, alone, nHeads), ...rowRuns(alone + 1, end, nHeads)];
  });
  return [
    { runs: others, opacity: companion.share },
    { runs: [{ first: alone, count: 1 }], opacity: 1 },
  ];
}

/**
 * Split a range of heads at the ends of rows.
 *
 * @param {number} from
 * @param {number} to exclusive
 * @param {number} nHeads
 * @returns {HeadRun[]}
 */
function rowRuns(from, to, nHeads) {
  const runs = [];
  for (let first = from; first < to; ) {
    const end = Math.min(to, (Math.floor(first / nHeads) + 1) * nHeads);
    runs.push({ first, count: end - first });
    first = end;
  }
  return runs;
}
