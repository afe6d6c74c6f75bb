/**
 * What a link reopens, as the browser keeps it. The Python side reads the same query strings in layouts/state/view_state.py.
 *
 * @typedef {"matrix" | "head" | "instance" | "heads"} View
 * @typedef {object} ViewState
 * @property {View} view
 * @property {string} run
 * @property {string} projection
 * @property {number} dims
 * @property {string} color
 * @property {string} search
 * @property {import("../data/search.mjs").SearchMode} search_mode
 * @property {number | null} layer
 * @property {number | null} head
 * @property {number | null} instance
 * @property {number | null} token
 * @property {"query" | "key"} side
 * @property {boolean | null} labels  null for what suits the run
 * @property {boolean} lines
 * @property {boolean} norm
 * @property {boolean} pairs
 * @property {boolean} patches
 * @property {boolean} filled
 * @property {"highest" | "attention" | "flows" | "rollout"} image_mode
 * @property {string} tint
 * @property {number | null} strongest
 * @property {string} only
 * @property {boolean} no_sinks
 */

/** @type {Readonly<Record<View, string>>} */
export const PATHS = Object.freeze({ matrix: "/", head: "/head", instance: "/instance", heads: "/heads" });

/** @type {Readonly<ViewState>} */
export const DEFAULTS = Object.freeze({
  view: "matrix",
  run: "",
  projection: "",
  dims: 2,
  color: "",
  search: "",
  search_mode: "exact",
  layer: null,
  head: null,
  instance: null,
  token: null,
  side: "query",
  labels: null,
  lines: true,
  norm: false,
  pairs: false,
  patches: true,
  filled: false,
  image_mode: "highest",
  tint: "",
  strongest: null,
  only: "",
  no_sinks: false,
});

const KEYS = /** @type {(keyof ViewState)[]} */ (Object.keys(DEFAULTS));

/**
 * The query string of a state: everything that is not a default, in a fixed order.
 *
 * @param {ViewState} state
 * @returns {string} empty, or starting with a question mark
 */
export function toQuery(state) {
  const pairs = new URLSearchParams();
  for (const key of KEYS) {
    const value = state[key];
    if (key === "view" || value === DEFAULTS[key] || value === null) continue;
    pairs.set(key, typeof value === "boolean" ? String(Number(value)) : String(value));
  }
  const query = pairs.toString();
  return query ? `?${query}` : "";
}

/**
 * @param {ViewState} one
 * @param {ViewState} other
 * @returns {boolean} whether both show the same picture
 */
export function sameState(one, other) {
  return KEYS.every((key) => one[key] === other[key]);
}

/**
 * The state after moving to a neighboring head, or null at the edge.
 *
 * @param {ViewState} state
 * @param {"up" | "down" | "left" | "right"} direction
 * @param {{n_layers: number, n_heads: number}} model
 * @returns {ViewState | null}
 */
export function neighbor(state, direction, model) {
  if (state.layer === null || state.head === null) return null;
  const layer = state.layer + (direction === "down" ? 1 : direction === "up" ? -1 : 0);
  const head = state.head + (direction === "right" ? 1 : direction === "left" ? -1 : 0);
  if (layer < 0 || head < 0 || layer >= model.n_layers || head >= model.n_heads) return null;
  return { ...state, layer, head };
}

/**
 * The state in another run: all heads, without what belongs to the run that is left. The colors at first are those that
 * suit the run.
 *
 * @param {ViewState} state
 * @param {{meta: {encodings: {name: string, kind: string}[]}} | null} left
 * @returns {ViewState}
 */
export function inOtherRun(state, left) {
  const encoding = left?.meta.encodings.find(({ name }) => name === state.color);
  const color = encoding?.kind === "type" || encoding?.kind === "patch" ? "" : state.color;
  return { ...cleared(state), view: "matrix", layer: null, head: null, only: "", labels: null, color };
}

/**
 * Whether labels are to be seen: tokens have them unless one says otherwise, patches only when one asks for them.
 *
 * @param {ViewState} state
 * @param {import("../data/run_meta.mjs").InputsInfo} inputs of the run on show
 * @returns {boolean}
 */
export function showsLabels({ labels }, { kind }) {
  return labels ?? kind === "text";
}

/**
 * The state without a selection.
 *
 * @param {ViewState} state
 * @returns {ViewState}
 */
export function cleared(state) {
  return { ...state, instance: null, token: null, side: "query" };
}
