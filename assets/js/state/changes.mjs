/** Changes of the view state: to a neighboring head, another run, no selection, or a head of the table or map. */

/** @typedef {import("./view_state.mjs").ViewState} ViewState */

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
 * The state in another run: the same page, without what belongs to the previous run. The server leaves the head if the
 * models differ in shape. An encoding by point type becomes the default of the new run.
 *
 * @param {ViewState} state
 * @param {{meta: {encodings: {name: string, kind: string}[]}} | null} left the previous run
 * @returns {ViewState}
 */
export function inOtherRun(state, left) {
  const encoding = left?.meta.encodings.find(({ name }) => name === state.color);
  const color = encoding?.kind === "type" || encoding?.kind === "patch" ? "" : state.color;
  const view = state.view === "instance" ? "head" : state.view;
  return { ...cleared(state), view, only: "", labels: null, color };
}

/**
 * The state of all heads, without a selection.
 *
 * @param {ViewState} state
 * @returns {ViewState}
 */
export function allHeads(state) {
  return { ...cleared(state), view: "matrix", layer: null, head: null };
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

/**
 * @param {{rowId: string, colId: string} | undefined} cell of the table of heads; its first column has its own links
 * @returns {Partial<ViewState> | null}
 */
export function rowChanges(cell) {
  if (!cell || cell.colId === "name") return null;
  const [layer, head] = cell.rowId.split(".").map(Number);
  return { view: "head", layer, head };
}

/**
 * @param {{points: {pointNumber: number}[]} | undefined} clicked on the map of heads
 * @param {number} nHeads per layer
 * @returns {Partial<ViewState> | null}
 */
export function mapChanges(clicked, nHeads) {
  if (!clicked) return null;
  const row = clicked.points[0].pointNumber;
  return { view: "head", layer: Math.floor(row / nHeads), head: row % nHeads };
}
