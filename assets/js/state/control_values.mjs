/** The menus, switches and boxes follow the state, whoever changed it. */

import { setProps } from "./dash.mjs";

/** @typedef {import("./view_state.mjs").ViewState} ViewState */

/** @type {Readonly<Partial<Record<keyof ViewState, string>>>} control of each part of the state */
const CONTROLS = Object.freeze({
  projection: "projection",
  color: "color",
  search: "search",
  search_mode: "search-mode",
  layer: "layer",
  head: "head",
  labels: "labels",
  lines: "attention-lines",
  norm: "scale-by-norm",
  no_sinks: "sinks",
  patches: "patches",
  filled: "filled",
});

/**
 * What the controls must say after a change, by control: only of what changed, so that nothing else is touched.
 *
 * @param {ViewState} before
 * @param {ViewState} after
 * @returns {Record<string, string | boolean>}
 */
export function changedControls(before, after) {
  /** @type {Record<string, string | boolean>} */
  const values = {};
  for (const [part, control] of Object.entries(CONTROLS)) {
    const value = after[/** @type {keyof ViewState} */ (part)];
    if (value === before[/** @type {keyof ViewState} */ (part)] || value === null) continue;
    values[control] = typeof value === "boolean" ? value : String(value);
  }
  return values;
}

/**
 * @param {ViewState} before
 * @param {ViewState} after
 */
export function showInControls(before, after) {
  for (const [control, value] of Object.entries(changedControls(before, after))) setProps(control, { value });
}
