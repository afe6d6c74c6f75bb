/** The user's choices in an Image View: an immutable value and its transitions. */

/** @typedef {import("../kit/weights.mjs").Side} Side */
/** @typedef {import("../kit/weights.mjs").TokenRef} TokenRef */
/** @typedef {import("./patch_grid.mjs").PrefixGroup} PrefixGroup */
/** @typedef {import("../state/view_state.mjs").ViewState["image_mode"]} Mode */
/** @typedef {"highest"|"flows"} ArrowMode */
/** @typedef {Pick<import("../state/view_state.mjs").ViewState, "threshold" | "value_norm" | "hidden" | "stretch" | "dim">} ImageState */
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

/** Steps of a threshold: the state counts in thousandths. */
const STEPS = 1000;

/**
 * Choices as fields of the view state, so that a link reopens them.
 *
 * @param {ImageChoices} choices
 * @param {boolean} noSinks whether the application hides all prefix tokens
 * @returns {ImageState} threshold: of the current mode
 */
export function imageState({ mode, thresholds, hiding, valueNorm, stretch, dim }, noSinks) {
  const threshold = drawsArrows(mode) && thresholds[mode] !== INITIAL.thresholds[mode] ? Math.round(thresholds[mode] * STEPS) : null;
  return { threshold, value_norm: valueNorm, hidden: noSinks ? "" : [...hiding].sort().join("_"), stretch, dim };
}

/**
 * @param {ImageChoices} choices
 * @param {ImageState} state of a link
 * @param {readonly PrefixGroup[]} groups of the image
 * @param {boolean} noSinks whether the application hides all prefix tokens
 * @returns {ImageChoices}
 */
export function imageChoicesOf(choices, { threshold, value_norm: valueNorm, hidden, stretch, dim }, groups, noSinks) {
  const names = hidden.split("_");
  const hiding = noSinks ? choices.hiding : new Set(groups.filter((group) => names.includes(group)));
  const read = { ...choices, valueNorm, stretch, dim, hiding };
  if (!drawsArrows(read.mode)) return read;
  return setThreshold(read, read.mode, threshold === null ? INITIAL.thresholds[read.mode] : threshold / STEPS);
}
