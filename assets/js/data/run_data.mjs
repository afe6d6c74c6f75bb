import { ByteLru } from "./byte_lru.mjs";
import { NO_ANSWER } from "./patient_fetch.mjs";
import { NO_VALUE, decode, elements } from "./run_meta.mjs";
import { withSecondLayouts } from "./second_layouts.mjs";

/**
 * @typedef {import("./run_meta.mjs").RunMeta} RunMeta
 * @typedef {import("./run_meta.mjs").TokenTable} TokenTable
 * @typedef {import("./run_meta.mjs").NumericArray} NumericArray
 * @typedef {{order: number[] | null, captions: string[], shades: (number | null)[] | null}} HeadChoice  heads to show, counted
 *   row by row, null for all in model order; the value of each; the shade of every head, 0 to 1
 * @typedef {{projection: string, dims: number, no_sinks?: boolean}} Shown  the layout on show; no_sinks: that without sinks,
 *   of the heads that have one
 * @typedef {{cache?: ByteLru, fetch?: typeof globalThis.fetch}} Sources
 */

const BUDGET = 192 * 2 ** 20;
/** Longer instances are pooled by the server; as MOST_CELLS in precompute/run/pattern_sheet.py. */
const SHEET_SIDE = 96;
const sharedCache = new ByteLru(BUDGET);

/**
 * Data of one run, fetched on first use and cached while memory allows.
 *
 * Arrays are shared with other callers: do not write to them. A failed request rejects with an Error whose message is
 * meant for the user.
 */
export class RunData {
  #base;
  #cache;
  #fetch;

  /**
   * @param {string} base URL of the run's folder, without a slash at its end
   * @param {RunMeta} meta
   * @param {Required<Sources>} sources
   */
  constructor(base, meta, sources) {
    this.#base = base;
    this.#cache = sources.cache;
    this.#fetch = sources.fetch;
    this.meta = meta;
  }

  /**
   * @param {string} baseUrl prefix of the data routes, `/data` for an application at the root
   * @param {string} runId
   * @param {Sources} [sources]
   */
  static async open(baseUrl, runId, { cache = sharedCache, fetch = globalThis.fetch.bind(globalThis) } = {}) {
    const base = `${baseUrl.replace(/\/+$/, "")}/${encodeURIComponent(runId)}`;
    const url = `${base}/run.json`;
    /** @type {RunMeta} */
    const meta = await cache.get(url, () => fetchJson(fetch, url));
    return new RunData(base, meta, { cache, fetch });
  }

  /** Fetch tokens, their display texts and the start of each instance. @returns {Promise<TokenTable>} */
  tokens() {
    const url = `${this.#base}/tokens.json`;
    return this.#cache.get(url, () => fetchJson(this.#fetch, url));
  }

  /**
   * Fetch quantized coordinates of every point of every head, in draw order.
   *
   * @param {Shown} view
   * @returns {Promise<Uint16Array>} [L, H, 2N, dims], 0..65535 spans the head's cube
   */
  coords(view) {
    return /** @type {Promise<Uint16Array>} */ (this.#layouts("coords", view));
  }

  /**
   * Fetch the trust of every point of every head, in draw order, in steps of 1 / SHARE_STEPS.
   *
   * @param {Shown} view
   * @returns {Promise<Uint8Array>} [L, H, 2N]
   */
  trust(view) {
    return /** @type {Promise<Uint8Array>} */ (this.#layouts("trust", view));
  }

  /**
   * Fetch one of the arrays of a head's layout.
   *
   * @param {"coords" | "extent" | "trust" | "neighbors_kept"} kind
   * @param {Shown} view
   * @param {number} layer
   * @param {number} head
   * @returns {Promise<NumericArray>} [2N, dims], [dims + 1] or [2N]; points are in draw order
   */
  async headLayout(kind, view, layer, head) {
    if (!view.no_sinks) return this.array(`${kind}.${view.projection}.${view.dims}`, layer, head);
    const { n_layers, n_heads } = this.meta.model;
    const all = await this.#layouts(kind, view);
    const size = all.length / (n_layers * n_heads);
    const at = layer * n_heads + head;
    return all.subarray(at * size, (at + 1) * size);
  }

  /**
   * Whether the points of a layout have trust; those of runs of earlier versions do not.
   *
   * @param {Shown} view
   */
  hasTrust({ projection, dims }) {
    return `trust.${projection}.${dims}` in this.meta.arrays;
  }

  /**
   * @param {"coords" | "extent" | "trust" | "neighbors_kept"} kind
   * @param {Shown} view
   * @returns {Promise<NumericArray>} [L, H, ...]
   */
  #layouts(kind, { projection, dims, no_sinks }) {
    const name = `${kind}.${projection}.${dims}`;
    const other = `${kind}_without_sinks.${projection}.${dims}`;
    if (!no_sinks || !(other in this.meta.arrays)) return this.array(name);
    return this.#cache.get(`${this.#base}/${other}/all-heads`, async () => {
      const [first, second, rows] = await Promise.all([
        this.array(name),
        this.array(other),
        this.array("rows_without_sinks"),
      ]);
      const value = withSecondLayouts(/** @type {Uint16Array} */ (first), /** @type {Uint16Array} */ (second), rows);
      return { value, bytes: value.byteLength };
    });
  }

  /** Fetch the point of each vertex. @returns {Promise<Uint32Array>} [2N] */
  drawOrder() {
    return /** @type {Promise<Uint32Array>} */ (this.array("draw_order"));
  }

  /**
   * Fetch the palette index of every point.
   *
   * @param {string} encoding
   * @param {Shown} view
   * @returns {Promise<Uint8Array>} [2N] in point order, or [L, H, 2N] in draw order when the encoding differs by head
   */
  colors(encoding, view) {
    const { n_layers, n_heads } = this.meta.model;
    const info = this.meta.encodings.find(({ name }) => name === encoding);
    if (info?.by_layout) return this.trust(view);
    const perHead = info?.per_head === true;
    const length = 2 * this.meta.nTokens * (perHead ? n_layers * n_heads : 1);
    const version = this.meta.arrays[`encoding.${encoding}`]?.sha256 ?? this.meta.run;
    const path = `colors/${encodeURIComponent(encoding)}?v=${version}-${NO_VALUE}`;
    return /** @type {Promise<Uint8Array>} */ (this.#binary(path, "uint8", length));
  }

  /**
   * Fetch the attention pattern of one instance in one head.
   *
   * @param {number} layer
   * @param {number} head
   * @param {number} instance
   * @returns {Promise<Float32Array>} [len, len], rows are queries and sum to 1
   */
  async pattern(layer, head, instance) {
    const length = await this.#lengthOf(instance);
    const path = `pattern/${layer}/${head}/${instance}`;
    return /** @type {Promise<Float32Array>} */ (this.#binary(path, "float32", length * length));
  }

  /**
   * Fetch the attention rollout of one instance up to a layer: the share of every input token in every output token.
   *
   * @param {number} layer
   * @param {number} instance
   * @returns {Promise<Float32Array>} [len, len], rows sum to 1
   */
  async rollout(layer, instance) {
    const length = await this.#lengthOf(instance);
    const path = `rollout/${layer}/${instance}`;
    return /** @type {Promise<Float32Array>} */ (this.#binary(path, "float32", length * length));
  }

  /**
   * Fetch the L2 norms of the value vectors of one instance in one head.
   *
   * @param {number} layer
   * @param {number} head
   * @param {number} instance
   * @returns {Promise<Float32Array>} [len]
   */
  async valueNorms(layer, head, instance) {
    const length = await this.#lengthOf(instance);
    return /** @type {Promise<Float32Array>} */ (
      this.#binary(`value-norms/${layer}/${head}/${instance}`, "float32", length)
    );
  }

  /**
   * Fetch the attention patterns and the L2 norms of the value vectors of one image, in all heads of a layer.
   *
   * @param {number} layer
   * @param {number} instance
   * @returns {Promise<{pattern: Float32Array, valueNorms: Float32Array}[]>} [len, len] and [len] of every head
   */
  async headsOfImage(layer, instance) {
    const length = await this.#lengthOf(instance);
    const heads = this.meta.model.n_heads;
    const [patterns, norms] = /** @type {Float32Array[]} */ (
      await Promise.all([
        this.#binary(`layer-patterns/${layer}/${instance}`, "float32", heads * length * length),
        this.#binary(`layer-value-norms/${layer}/${instance}`, "float32", heads * length),
      ])
    );
    return Array.from({ length: heads }, (_, head) => ({
      pattern: patterns.subarray(head * length * length, (head + 1) * length * length),
      valueNorms: norms.subarray(head * length, (head + 1) * length),
    }));
  }

  /**
   * Fetch small attention patterns of one instance in all heads of a layer.
   *
   * @param {number} layer
   * @param {number} instance
   * @param {boolean} noSinks whether sinks are hidden
   * @returns {Promise<Uint8Array>} [heads, side, side], 255 times the square root of the weight
   */
  async patternSheet(layer, instance, noSinks) {
    const side = Math.min(await this.#lengthOf(instance), SHEET_SIDE);
    const path = `pattern-sheet/${layer}/${instance}${noSinks ? "?no_sinks=1" : ""}`;
    return /** @type {Promise<Uint8Array>} */ (this.#binary(path, "uint8", this.meta.model.n_heads * side * side));
  }

  /**
   * Fetch the share of attention on sinks of one instance, in all heads of a layer.
   *
   * @param {number} layer
   * @param {number} instance
   * @returns {Promise<Float32Array>} [heads], 0..1
   */
  sinkShares(layer, instance) {
    const path = `sink-shares/${layer}/${instance}`;
    return /** @type {Promise<Float32Array>} */ (this.#binary(path, "float32", this.meta.model.n_heads));
  }

  /**
   * Fetch any array of the run, or one head's part of an array whose first axes are layers and heads.
   *
   * @param {string} name
   * @param {number} [layer]
   * @param {number} [head] counted along the array's second axis: key-value heads for `key_norms`
   * @returns {Promise<NumericArray>}
   */
  async array(name, layer, head) {
    const info = this.meta.arrays[name];
    if (!info) throw new Error(`This run has no ${name}. Rebuild it with that option.`);
    const path = `array/${encodeURIComponent(name)}`;
    const version = `?v=${info.sha256}`;
    if (layer === undefined || head === undefined)
      return this.#binary(path + version, info.dtype, elements(info.shape));
    return this.#binary(`${path}/${layer}/${head}${version}`, info.dtype, elements(info.shape.slice(2)));
  }

  /**
   * Fetch the heads of a state.
   *
   * @param {string} query the state's query string
   * @returns {Promise<HeadChoice>}
   */
  headChoice(query) {
    const url = `${this.#base}/head-choice${query}`;
    return this.#cache.get(url, () => fetchJson(this.#fetch, url));
  }

  /**
   * A few lines on every head, counted row by row.
   *
   * @param {string} query the state's query string
   * @returns {Promise<string[][]>}
   */
  async headNotes(query) {
    const url = `${this.#base}/head-notes${query}`;
    const { notes } = await this.#cache.get(url, () => fetchJson(this.#fetch, url));
    return notes;
  }

  /**
   * Metrics of all heads as CSV, layer by layer.
   *
   * @param {boolean} noSinks whether sinks are left out
   * @returns {Promise<string>}
   */
  async headsCsv(noSinks) {
    const response = await this.#fetch(`${this.#base}/heads.csv${noSinks ? "?no_sinks=1" : ""}`);
    if (!response.ok) throw new Error(`The server did not send the table (${response.status}). Reload the page.`);
    return response.text();
  }

  /** @param {number} instance */
  async #lengthOf(instance) {
    const { offsets } = await this.tokens();
    return offsets[instance + 1] - offsets[instance];
  }

  /**
   * @param {string} path
   * @param {string} dtype
   * @param {number} length
   * @returns {Promise<NumericArray>}
   */
  #binary(path, dtype, length) {
    const url = `${this.#base}/${path}`;
    return this.#cache.get(url, async () => {
      const response = await request(this.#fetch, url);
      const value = decode(await response.arrayBuffer(), dtype, length);
      return { value, bytes: value.byteLength };
    });
  }
}

/**
 * @param {typeof globalThis.fetch} fetch
 * @param {string} url
 */
async function fetchJson(fetch, url) {
  const text = await (await request(fetch, url)).text();
  return { value: JSON.parse(text), bytes: 2 * text.length };
}

/**
 * @param {typeof globalThis.fetch} fetch
 * @param {string} url
 */
async function request(fetch, url) {
  const response = await fetch(url).catch(() => {
    throw new Error(NO_ANSWER);
  });
  if (response.ok) return response;
  const answer = await response.json().catch(() => ({}));
  throw new Error(answer?.error ?? `The server returned status ${response.status}. Reload the page.`);
}
