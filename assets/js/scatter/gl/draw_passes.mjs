/**
 * Which heads are drawn, and how opaque.
 *
 * @typedef {import("../camera/viewpoint.mjs").Viewpoint} Viewpoint
 * @typedef {{first: number, count: number}} HeadRun  heads counted row by row
 * @typedef {{runs: HeadRun[], opacity: number}} DrawPass
 * @typedef {{head: import("../camera/cells.mjs").Head, share: number}} Companion  the head that stays, and the opacity of the others
 */

/**
 * All that is on the stage; on the way to or from a single head, that head by itself after the others.
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
 * Heads from one to before another, cut at the ends of rows.
 *
 * @param {number} from
 * @param {number} to
 * @param {number} nHeads
 * @returns {HeadRun[]}
 */
function rowRuns(from, to, nHeads) {
  const runs = [];
  for (let first = from; first < to;) {
    const end = Math.min(to, (Math.floor(first / nHeads) + 1) * nHeads);
    runs.push({ first, count: end - first });
    first = end;
  }
  return runs;
}
