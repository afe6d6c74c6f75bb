/**
 * What the server says about a run, and how its raw bytes become typed arrays.
 *
 * @typedef {"standard" | "safe"} PaletteName
 * @typedef {{query: string[], key: string[], none: string}} Palette  hex colors, indexed by the color byte; none: of NO_VALUE
 * @typedef {{name: string, label: string, kind: "type" | "patch" | "sequential" | "categorical" | "cyclic" | "boolean",
 *   description: string, per_head: boolean, low: number, high: number, low_label: string, high_label: string,
 *   categories: string[], palettes: Record<PaletteName, Palette>}} Encoding
 * @typedef {{dtype: string, shape: number[], sha256: string}} ArrayInfo
 * @typedef {{id: string, n_layers: number, n_heads: number, n_kv_heads: number, d_head: number, causal: boolean}} ModelInfo
 * @typedef {{name: string, kind: "text" | "image", n_instances: number, n_tokens: number}} InputsInfo
 * @typedef {{instance: string, instances: string, token: string, tokens: string, sought: string}} Nouns  what parts are called
 * @typedef {{run: string, name: string, model: ModelInfo, inputs: InputsInfo, nouns: Nouns, masks: ("full" | "causal" | "stored")[],
 *   nTokens: number, projections: {name: string, label: string, dims: number[]}[],
 *   encodings: Encoding[], metrics: {name: string, label: string, description: string}[],
 *   arrays: Record<string, ArrayInfo>}} RunMeta
 * @typedef {{tokens: string[], texts: string[], special: boolean[], sinks: boolean[], offsets: number[], instances: string[],
 *   columns: Record<string, (string | number)[]>, grid: [number, number] | null, labels?: string[]}} TokenTable
 * @typedef {Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array | Float64Array} NumericArray
 */

/** Color byte of points without a value; as NO_VALUE_BYTE in layouts/colors/palettes.py. */
export const NO_VALUE = 255;

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
 * Little-endian bytes as a typed array (every browser with WebGL 2 runs on a little-endian machine).
 *
 * @param {ArrayBuffer} bytes
 * @param {string} dtype as numpy names it
 * @param {number} length expected number of elements
 * @returns {NumericArray}
 */
export function decode(bytes, dtype, length) {
  const Type = ARRAY_TYPES[dtype];
  if (!Type) throw new Error(`The server sent an array of the unknown type ${dtype}; reload the page.`);
  const itemSize = /** @type {any} */ (Type).BYTES_PER_ELEMENT;
  if (bytes.byteLength !== length * itemSize) throw new Error("An array arrived incomplete; reload the page.");
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
 * The key-value head that a query head reads (grouped-query attention).
 *
 * @param {ModelInfo} model
 * @param {number} head
 */
export function kvHead(model, head) {
  return Math.floor((head * model.n_kv_heads) / model.n_heads);
}

/**
 * The instance that a token belongs to.
 *
 * @param {number[]} offsets start of each instance and, last, the number of tokens
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
