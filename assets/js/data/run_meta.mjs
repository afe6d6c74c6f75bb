/**
 * The description of a run (run.json), and typed arrays from its raw bytes.
 *
 * @typedef {"query" | "key"} Side
 * @typedef {{token: number, side: Side}} TokenRef  a token as query or as key, counted over the instance or over the run
 * @typedef {{query: number, key: number, weight: number}} Line  attention of a query to a key, counted likewise
 * @typedef {"standard" | "safe"} PaletteName
 * @typedef {{query: string[], key: string[], none: string}} Palette  hex colors, indexed by the color byte; none: color of NO_VALUE
 * @typedef {{name: string, by_layout: boolean, label: string, kind: "type" | "patch" | "sequential" | "categorical" | "cyclic" | "boolean",
 *   description: string, per_head: boolean, low: number, high: number, low_label: string, high_label: string,
 *   categories: string[], palettes: Record<PaletteName, Palette>}} Encoding  by_layout: values are
 *   bytes of an array of each layout
 * @typedef {{dtype: string, shape: number[], sha256: string}} ArrayInfo
 * @typedef {{id: string, n_layers: number, n_heads: number, n_kv_heads: number, d_head: number, causal: boolean,
 *   layers?: readonly number[]}} ModelInfo  layers: see layer_number.mjs
 * @typedef {{name: string, kind: "text" | "image", n_instances: number, n_tokens: number}} InputsInfo
 * @typedef {{instance: string, instances: string, token: string, tokens: string, sought: string}} Nouns  words for parts of the run
 * @typedef {{run: string, name: string, model: ModelInfo, inputs: InputsInfo, nouns: Nouns, masks: ("full" | "causal" | "stored")[],
 *   sinkLogits: boolean[], nTokens: number, projections: {name: string, label: string, dims: number[]}[],
 *   encodings: Encoding[], metrics: {name: string, label: string, description: string}[],
 *   arrays: Record<string, ArrayInfo>}} RunMeta
 * @typedef {{tokens: string[], texts: string[], special: boolean[], sinks: boolean[], offsets: number[], instances: string[],
 *   columns: Record<string, (string | number)[]>, grid: [number, number] | null, labels?: string[]}} TokenTable
 * @typedef {Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array | Float64Array} NumericArray
 */

/** Color byte of points without a value; equals NO_VALUE_BYTE of layouts/colors/palettes.py. */
export const NO_VALUE = 255;

/** Byte of the share 1; equals SHARE_STEPS of precompute/format/shares.py. */
export const SHARE_STEPS = 240;

/** @type {Record<string, new (buffer: ArrayBuffer) => NumericArray>} */
const ARRAY_TYPES = {
  uint8: Uint8Array,
  bool: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
};

/**
 * View little-endian bytes as a typed array (every browser with WebGL 2 runs on a little-endian machine).
 *
 * @param {ArrayBuffer} bytes
 * @param {string} dtype numpy name
 * @param {number} length expected number of elements
 * @returns {NumericArray}
 */
export function decode(bytes, dtype, length) {
  const Type = ARRAY_TYPES[dtype];
  if (!Type) throw new Error(`The server sent an array of unknown type ${dtype}. Reload the page.`);
  const itemSize = /** @type {any} */ (Type).BYTES_PER_ELEMENT;
  if (bytes.byteLength !== length * itemSize) throw new Error("An array is incomplete. Reload the page.");
  return new Type(bytes);
}

/**
 * Number of elements of a shape.
 *
 * @param {number[]} shape
 */
export function elements(shape) {
  return shape.reduce((product, length) => product * length, 1);
}

/**
 * Key-value head of a query head (grouped-query attention).
 *
 * @param {ModelInfo} model
 * @param {number} head
 */
export function kvHead(model, head) {
  return Math.floor((head * model.n_kv_heads) / model.n_heads);
}

/**
 * Instance of a token.
 *
 * @param {number[]} offsets start of each instance, then the number of tokens
 * @param {number} token
 */
export function instanceOf(offsets, token) {
  let low = 0;
  let high = offsets.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (offsets[middle] <= token) low = middle;
    else high = middle;
  }
  return low;
}
