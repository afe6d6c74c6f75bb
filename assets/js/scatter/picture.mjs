import { kvHead } from "../data/run_meta.mjs";
import { trustLevel } from "./trust.mjs";
import { loadSprites } from "./gl/sprites.mjs";

/**
 * @typedef {import("../data/run_data.mjs").RunData} RunData
 * @typedef {import("../data/run_meta.mjs").Encoding} Encoding
 * @typedef {import("../data/run_meta.mjs").TokenTable} TokenTable
 * @typedef {import("./camera/cells.mjs").Head} Head
 * @typedef {import("./camera/head_geometry.mjs").Cloud} Cloud
 * @typedef {import("./emphasis.mjs").Selection} Selection
 * @typedef {{view: "matrix" | "head" | "instance", run: string, projection: string, dims: number, color: string,
 *   layer: number | null, head: number | null, instance: number | null, token: number | null, side: import("../data/run_meta.mjs").Side,
 *   labels?: boolean, lines?: boolean, norm?: boolean, no_sinks?: boolean, patches?: boolean, filled?: boolean, trust?: number}} ViewState  parsed
 *   from the URL
 * @typedef {{run: RunData, view: ViewState, head: Head | null, cloud: Cloud, encoding: Encoding, colors: Uint8Array,
 *   tokens: TokenTable, order: Uint32Array, vertexOf: Uint32Array, sizes: Uint8Array | null,
 *   trust: import("./trust.mjs").TrustLevel | null,
 *   sprites: import("./gl/sprites.mjs").Sprites | null}} Picture
 *   data of one view: colors in point order, or [heads, points] in draw order when the encoding differs by
 *   head; vertexOf is the inverse of order; sizes in point order, 128 = 1; sprites if points are drawn as patches
 */

/** @type {WeakMap<Uint32Array, Uint32Array>} */
const inverses = new WeakMap();

/**
 * Fetch the data of a view, in parallel.
 *
 * @param {RunData} run
 * @param {ViewState} view
 * @returns {Promise<Picture>}
 */
export async function loadPicture(run, view) {
  const { meta } = run;
  const encoding = meta.encodings.find(({ name }) => name === view.color);
  if (!encoding) throw new Error(`This run has no coloring named “${view.color}”. Choose another.`);
  const head = headOf(view);
  if (head && (head.layer >= meta.model.n_layers || head.head >= meta.model.n_heads)) {
    throw new Error(`This model has no layer ${head.layer} head ${head.head}. Return to all heads.`);
  }
  const [tokens, order, coords, colors, sizes, trust] = await Promise.all([
    run.tokens(),
    run.drawOrder(),
    run.coords(view),
    run.colors(encoding.name, view),
    head && view.norm ? sizesByNorm(run, head) : null,
    trustLevel(run, view),
  ]);
  const sprites = view.patches ? await loadSprites(run, tokens, order) : null;
  const cloud = { coords, dims: view.dims, pointsPerHead: order.length };
  return { run, view, head, cloud, encoding, colors, tokens, order, vertexOf: inverseOf(order), sizes, trust, sprites };
}

/**
 * Head of a view that shows only one.
 *
 * @param {ViewState} view
 * @returns {Head | null}
 */
export function headOf({ view, layer, head }) {
  return view === "matrix" || layer === null || head === null ? null : { layer, head };
}

/**
 * Tokens of a view's selection, counted over the run.
 *
 * @param {Picture} picture
 * @returns {Selection | null}
 */
export function selectionOf({ view, tokens }) {
  const { instance } = view;
  if (instance === null || !(instance >= 0 && instance < tokens.offsets.length - 1)) return null;
  const [start, end] = [tokens.offsets[instance], tokens.offsets[instance + 1]];
  const token = view.token !== null && view.token >= 0 && start + view.token < end ? start + view.token : null;
  return { start, end, token, side: view.side };
}

/**
 * Scale points by norm, from 0.5 (smallest norm of the head) to 1.99 (largest).
 *
 * @param {Float32Array} queryNorms
 * @param {Float32Array} keyNorms
 * @returns {Uint8Array} [2N], 128 = 1
 */
export function relativeSizes(queryNorms, keyNorms) {
  let low = Infinity;
  let high = -Infinity;
  for (const norms of [queryNorms, keyNorms]) {
    for (const norm of norms) {
      low = Math.min(low, norm);
      high = Math.max(high, norm);
    }
  }
  const sizes = new Uint8Array(queryNorms.length + keyNorms.length);
  const span = high - low;
  for (let point = 0; point < sizes.length; point++) {
    const norm = point < queryNorms.length ? queryNorms[point] : keyNorms[point - queryNorms.length];
    sizes[point] = span > 0 ? Math.round(64 + (191 * (norm - low)) / span) : 128;
  }
  return sizes;
}

/**
 * @param {RunData} run
 * @param {Head} head
 */
async function sizesByNorm(run, { layer, head }) {
  const [queries, keys] = await Promise.all([
    run.array("query_norms", layer, head),
    run.array("key_norms", layer, kvHead(run.meta.model, head)),
  ]);
  return relativeSizes(/** @type {Float32Array} */ (queries), /** @type {Float32Array} */ (keys));
}

/** @param {Uint32Array} order */
function inverseOf(order) {
  let inverse = inverses.get(order);
  if (!inverse) {
    inverse = new Uint32Array(order.length);
    for (let vertex = 0; vertex < order.length; vertex++) inverse[order[vertex]] = vertex;
    inverses.set(order, inverse);
  }
  return inverse;
}
