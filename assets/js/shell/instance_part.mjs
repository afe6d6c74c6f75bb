/** Shared parts of the sidebar views of sentences and images. */

import { layerNumber } from "../data/layer_number.mjs";
import { kvHead } from "../data/run_meta.mjs";

/** @typedef {import("../data/run_data.mjs").RunData} RunData */
/** @typedef {import("../state/view_state.mjs").ViewState} ViewState */
/** @typedef {import("../data/run_meta.mjs").TokenRef} TokenRef counted over the instance */
/** @typedef {import("../data/run_meta.mjs").Line} Line */
/** @typedef {ViewState & {layer: number, head: number, instance: number}} InstanceState one instance in one head */
/**
 * @typedef {object} PartEvents tokens are counted over the instance
 * @property {(changes: Partial<ViewState>, options?: {replace?: boolean}) => void} onChange
 * @property {(changes: Partial<ViewState>) => void} onNote changes that the view shows already
 * @property {(ref: TokenRef | null) => void} onHoverToken
 * @property {(lines: readonly Line[]) => void} onLines for the scatterplot
 */
/**
 * @typedef {object} InstancePart
 * @property {HTMLElement[]} roots of its views
 * @property {(run: RunData, state: InstanceState) => Promise<() => void>} load fetches the data of a state, and returns
 *   the function that shows it
 * @property {(ref: TokenRef | null) => void} setHovered the point under the pointer on the scatterplot
 * @property {(ref: TokenRef) => void} pin
 */

/** @param {string} id */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * @param {import("../data/run_meta.mjs").ModelInfo} model
 * @param {number} layer
 * @param {number} head
 * @returns {string} with its key group, where heads share keys
 */
export function headLabel(model, layer, head) {
  const group = model.n_kv_heads < model.n_heads ? ` · key group ${kvHead(model, head)}` : "";
  return `Layer ${layerNumber(model, layer)} Head ${head}${group}`;
}

/**
 * @param {ViewState} state
 * @returns {TokenRef | null}
 */
export function selectionOf({ token, side }) {
  return token === null ? null : { token, side };
}

/**
 * @param {RunData} run
 * @param {number} layer
 * @param {number} head
 * @param {number} instance
 * @returns {Promise<{mean: Float32Array, counts: ArrayLike<number>, positions: number} | null>} null where the instance
 *   is longer than the mean
 */
export async function aggregateOf(run, layer, head, instance) {
  const { offsets } = await run.tokens();
  const positions = run.meta.arrays.aggregate?.shape[2] ?? 0;
  if (offsets[instance + 1] - offsets[instance] > positions) return null;
  const [mean, counts] = await Promise.all([run.array("aggregate", layer, head), run.array("aggregate_counts")]);
  return { mean: /** @type {Float32Array} */ (mean), counts, positions };
}
