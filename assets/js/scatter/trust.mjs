import { SHARE_STEPS } from "../data/run_meta.mjs";

/**
 * Trust of points: what each keeps of its strongest partners in the layout on show.
 *
 * @typedef {{values: Uint8Array, from: number}} TrustLevel  trust of every point [heads, points] in draw order, in steps of
 *   1 / SHARE_STEPS; points below `from` fade
 * @typedef {{partners: number, neighbors: number, twoStarts: boolean}} Kept  shares of a point's strongest partners and of its
 *   neighbors, 0..1; whether that of partners is the mean over two starts of the layout
 */

/**
 * @param {import("../data/run_data.mjs").RunData} run
 * @param {import("../data/run_data.mjs").Shown & {trust?: number}} view trust: percentage below which points fade, 0 for none
 * @returns {Promise<TrustLevel | null>} null where no point fades
 */
export async function trustLevel(run, view) {
  const level = view.trust ?? 0;
  if (level <= 0 || !run.hasTrust(view)) return null;
  return { values: await run.trust(view), from: (level / 100) * SHARE_STEPS };
}

/**
 * Fetch what one point keeps.
 *
 * @param {import("./picture.mjs").Picture} picture
 * @param {{layer: number, head: number}} head
 * @param {number} point
 * @returns {Promise<Kept | null>} null for a run without trust
 */
export async function keptBy({ run, view, vertexOf }, { layer, head }, point) {
  if (!run.hasTrust(view)) return null;
  const [partners, neighbors] = await Promise.all([
    run.headLayout("trust", view, layer, head),
    run.headLayout("neighbors_kept", view, layer, head),
  ]);
  const vertex = vertexOf[point];
  const agreement = `${view.projection}.${view.dims}.agreement`;
  return {
    partners: partners[vertex] / SHARE_STEPS,
    neighbors: neighbors[vertex] / SHARE_STEPS,
    twoStarts: run.meta.metrics.some(({ name }) => name === agreement),
  };
}

/**
 * Whether a point fades.
 *
 * @param {TrustLevel | null} level
 * @param {number} at index over heads and vertices
 */
export function isDoubted(level, at) {
  return level !== null && level.values[at] < level.from;
}
