/** What a choice in a menu, a switch, the table or the map of heads changes of the state. */

import { showsLabels } from "./view_state.mjs";

/** @typedef {import("../data/run_meta.mjs").InputsInfo} InputsInfo */
/** @typedef {import("./view_state.mjs").ViewState} ViewState */
/** @typedef {Pick<ViewState, "projection" | "color" | "lines" | "norm" | "patches" | "filled"> & {labels: boolean}} MenuValues */

/**
 * @param {ViewState} state
 * @param {InputsInfo} inputs of the run on show
 * @param {MenuValues} values
 * @returns {Partial<ViewState>} labels stay undecided until they are switched
 */
export function menuChanges(state, inputs, { labels, ...others }) {
  return { ...others, labels: labels === showsLabels(state, inputs) ? state.labels : labels };
}

/**
 * @param {string} metric a name, or "none"
 * @param {string} strongest a number, or "all"
 * @returns {Partial<ViewState>}
 */
export function tintChanges(metric, strongest) {
  const tint = metric === "none" ? "" : metric;
  return { tint, strongest: tint && strongest !== "all" ? Number(strongest) : null };
}

/**
 * @param {{rowId: string, colId: string} | undefined} cell of the table of heads; its first column has links of its own
 * @returns {Partial<ViewState> | null}
 */
export function rowChanges(cell) {
  if (!cell || cell.colId === "name") return null;
  const [layer, head] = cell.rowId.split(".").map(Number);
  return { view: "head", layer, head };
}

/**
 * @param {{points: {pointNumber: number}[]} | undefined} clicked on the map of heads
 * @param {number} nHeads of a layer
 * @returns {Partial<ViewState> | null}
 */
export function mapChanges(clicked, nHeads) {
  if (!clicked) return null;
  const row = clicked.points[0].pointNumber;
  return { view: "head", layer: Math.floor(row / nHeads), head: row % nHeads };
}
