import { kvHead } from "../data/run_meta.mjs";
import { loadPieces } from "./gl/sprites.mjs";
import { TABLE_WIDTH } from "./gl/shaders.mjs";

/**
 * @typedef {import("../data/run_data.mjs").RunData} RunData
 * @typedef {import("../data/run_meta.mjs").Encoding} Encoding
 * @typedef {import("../data/run_meta.mjs").TokenTable} TokenTable
 * @typedef {import("./camera/cells.mjs").Head} Head
 * @typedef {import("./camera/head_points.mjs").Cloud} Cloud
 * @typedef {import("./emphasis.mjs").Selection} Selection
 * @typedef {{view: "matrix" | "head" | "instance", run: string, projection: string, dims: number, color: string,
 *   layer: number | null, head: number | null, instance: number | null, token: number | null, side: "query" | "key",
 *   labels?: boolean, lines?: boolean, norm?: boolean, patches?: boolean, filled?: boolean}} ViewState  what the address of the page says
 * @typedef {{run: RunData, view: ViewState, head: Head | null, cloud: Cloud, encoding: Encoding, colors: Uint8Array,
 *   tokens: TokenTable, order: Uint32Array, vertexOf: Uint32Array, sizes: Uint8Array | null,
 *   pieces: import("./gl/sprites.mjs").Pieces | null}} Picture
 *   everything that one view draws: colors in point order, or [heads, points] in draw order when the encoding differs by
 *   head; vertexOf is the inverse of order; sizes in point order, 128 = 1; pieces where points are drawn as patches
 */

/** @type {WeakMap<Uint32Array, Uint32Array>} */
const inverses = new WeakMap();

/**
 * Fetches all that a view needs, at once.
 *
 * @param {RunData} run
 * @param {ViewState} view
 * @returns {Promise<Picture>}
 */
export async function loadPicture(run, view) {
  const { meta } = run;
  const encoding = meta.encodings.find(({ name }) => name === view.color);
  if (!encoding) throw new Error(`This run has no coloring named “${view.color}”; choose another one.`);
  const head = headOf(view);
  if (head && (head.layer >= meta.model.n_layers || head.head >= meta.model.n_heads)) {
    throw new Error(`This model has no layer ${head.layer} head ${head.head}; go back to all heads.`);
  }
  const [tokens, order, coords, colors, sizes] = await Promise.all([
    run.tokens(),
    run.drawOrder(),
    run.coords(view.projection, view.dims),
    run.colors(encoding.name),
    head && view.norm ? sizesByNorm(run, head) : null,
  ]);
  const pieces = view.patches ? await loadPieces(run, tokens, order) : null;
  const cloud = { coords, dims: view.dims, pointsPerHead: order.length };
  return { run, view, head, cloud, encoding, colors, tokens, order, vertexOf: inverseOf(order), sizes, pieces };
}

/**
 * The head that a view shows alone.
 *
 * @param {ViewState} view
 * @returns {Head | null}
 */
export function headOf({ view, layer, head }) {
  return view === "matrix" || layer === null || head === null ? null : { layer, head };
}

/**
 * The tokens that a view has selected, over the whole run.
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
 * The table of looks that the shader reads, a row of texels after another.
 *
 * @param {Picture} picture
 * @param {Uint8Array} codes emphasis of every point, in point order
 * @returns {Uint8Array} [rows * TABLE_WIDTH, 4]
 */
export function tableOf({ order, encoding, colors, sizes }, codes) {
  const table = new Uint8Array(Math.ceil(order.length / TABLE_WIDTH) * TABLE_WIDTH * 4);
  const keysFrom = order.length / 2;
  for (let vertex = 0, at = 0; vertex < order.length; vertex++, at += 4) {
    const point = order[vertex];
    table[at] = encoding.per_head ? 0 : colors[point];
    table[at + 1] = point < keysFrom ? 0 : 1;
    table[at + 2] = codes[point];
    table[at + 3] = sizes ? sizes[point] : 128;
  }
  return table;
}

/**
 * Sizes from 0.5 (smallest norm of the head) to 1.99 (largest).
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
