/** Choices of a Sentence View as fields of the view state, so that a link reopens them. */

import { hideGroup, INITIAL } from "./choices.mjs";

/** @typedef {import("./choices.mjs").Choices} Choices */
/** @typedef {import("./choices.mjs").Group} Group */
/** @typedef {import("./choices.mjs").Groups} Groups */
/** @typedef {import("../kit/weights.mjs").TokenRef} TokenRef */
/** @typedef {import("../state/view_state.mjs").ViewState} ViewState */
/** @typedef {Pick<ViewState, "form" | "threshold" | "value_norm" | "hidden" | "pinned">} ChoiceState */

/** Steps of a threshold: the state counts in thousandths. */
export const STEPS = 1000;
const TOKEN = /^([qk])(\d{1,6})$/;

/**
 * @param {Choices} choices
 * @param {Groups} groups of the sentence
 * @param {ReadonlySet<number>} sinks hidden by the application
 * @returns {ChoiceState} hidden: names of groups and tokens such as q3 or k4, without those of the groups and the sinks
 */
export function choiceState(choices, groups, sinks) {
  const grouped = new Set([...choices.hiding].flatMap((group) => groups[group]));
  const own = (/** @type {ReadonlySet<number>} */ tokens, /** @type {string} */ side) =>
    [...tokens].filter((token) => !grouped.has(token) && !sinks.has(token)).sort((a, b) => a - b).map((token) => side + token);
  const hidden = [...choices.hiding, ...own(choices.hiddenQueries, "q"), ...own(choices.hiddenKeys, "k")];
  return {
    form: choices.form,
    threshold: choices.threshold === INITIAL.threshold ? null : Math.round(choices.threshold * STEPS),
    value_norm: choices.valueNorm,
    hidden: hidden.join("_"),
    pinned: choices.pinned.map(({ token, side }) => side[0] + token).join("_"),
  };
}

/**
 * @param {Choices} choices hovered and selected tokens stay
 * @param {ChoiceState} state
 * @param {Groups} groups of the sentence
 * @param {number} length of the sentence
 * @returns {Choices} unknown names and tokens beyond the sentence are ignored
 */
export function choicesOf(choices, { form, threshold, value_norm: valueNorm, hidden, pinned }, groups, length) {
  const parts = hidden.split("_");
  /** @type {Choices} */
  let read = {
    ...choices,
    form,
    valueNorm,
    threshold: threshold === null ? INITIAL.threshold : threshold / STEPS,
    hiding: new Set(),
    hiddenQueries: new Set(tokensOf(parts, length).flatMap(({ token, side }) => (side === "query" ? [token] : []))),
    hiddenKeys: new Set(tokensOf(parts, length).flatMap(({ token, side }) => (side === "key" ? [token] : []))),
    pinned: tokensOf(pinned.split("_"), length),
  };
  for (const part of parts) if (Object.hasOwn(groups, part)) read = hideGroup(read, /** @type {Group} */ (part), true, groups);
  return read;
}

/**
 * What stays hidden in another sentence: groups, but no single tokens.
 *
 * @param {string} hidden
 */
export function groupsIn(hidden) {
  return hidden.split("_").filter((part) => part && !TOKEN.test(part)).join("_");
}

/**
 * @param {readonly string[]} parts
 * @param {number} length
 * @returns {TokenRef[]}
 */
function tokensOf(parts, length) {
  return parts.flatMap((part) => {
    const [, side, token] = TOKEN.exec(part) ?? [];
    return side && Number(token) < length ? [{ token: Number(token), side: side === "q" ? "query" : "key" }] : [];
  });
}
