/** The user's choices in an Image View: an immutable value and its transitions. */

/** @typedef {import("../kit/weights.mjs").Side} Side */
/** @typedef {import("../kit/weights.mjs").TokenRef} TokenRef */
/** @typedef {import("./patch_grid.mjs").PrefixGroup} PrefixGroup */
/** @typedef {import("../state/view_state.mjs").ViewState["image_mode"]} Mode */
/** @typedef {"highest"|"flows"} ArrowMode */
/**
 * @typedef {Readonly<{
 *   mode: Mode,
 *   thresholds: Readonly<Record<ArrowMode, number>>,
 *   hiding: ReadonlySet<PrefixGroup>,
 *   valueNorm: boolean,
 *   stretch: boolean,
 *   dim: boolean,
 *   side: Side,
 *   hovered: TokenRef|null,
 *   selected: TokenRef|null,
 * }>} ImageChoices `stretch` makes the strongest weight of a heat map or of flows opaque, else opacity is the weight itself; `dim`
 *   pales the picture below it
 */

/** @type {Readonly<Record<Mode, string>>} */
export const MODES = Object.freeze({
  highest: "Highest attention of each patch",
  attention: "Attention to the selected patch",
  flows: "All high attention flows",
  rollout: "Attention rollout over layers",
});

/** @type {ImageChoices} */
export const INITIAL = Object.freeze({
  mode: "highest",
  thresholds: Object.freeze({ highest: 0.05, flows: 0.1 }),
  hiding: new Set(),
  valueNorm: false,
  stretch: true,
  dim: true,
  side: "query",
  hovered: null,
  selected: null,
});

/**
 * @param {Mode} mode
 * @returns {mode is ArrowMode} whether it draws arrows from a threshold on, instead of a heat map
 */
export function drawsArrows(mode) {
  return mode === "highest" || mode === "flows";
}

/**
 * @param {ImageChoices} choices
 * @param {PrefixGroup} group
 * @param {boolean} on
 * @returns {ImageChoices}
 */
export function hidePrefix(choices, group, on) {
  const hiding = new Set(choices.hiding);
  if (on) hiding.add(group);
  else hiding.delete(group);
  return { ...choices, hiding };
}

/**
 * @param {ImageChoices} choices
 * @param {ArrowMode} mode
 * @param {number} threshold
 * @returns {ImageChoices}
 */
export function setThreshold(choices, mode, threshold) {
  return { ...choices, thresholds: { ...choices.thresholds, [mode]: threshold } };
}

/**
 * @param {ImageChoices} choices
 * @returns {ImageChoices} defaults, with the current mode and selection
 */
export function reset({ mode, side, hovered, selected }) {
  return { ...INITIAL, mode, side, hovered, selected };
}

/**
 * @param {ImageChoices} choices
 * @returns {TokenRef|null} token of the heat map
 */
export function focusOf({ hovered, selected }) {
  return hovered ?? selected;
}
