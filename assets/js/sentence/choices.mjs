/**
 * The user's choices in a Sentence or Aggregate View: an immutable value and its transitions.
 */

import { sameToken } from "../kit/weights.mjs";

/** @typedef {import("../kit/weights.mjs").Side} Side */
/** @typedef {import("../kit/weights.mjs").TokenRef} TokenRef */
/** @typedef {"lines"|"matrix"} Form */
/** @typedef {"cls"|"sep"|"first"|"bos"} Group Tokens that a tokenizer adds to every sentence, hidden together. */
/**
 * @typedef {Readonly<{
 *   form: Form,
 *   threshold: number,
 *   valueNorm: boolean,
 *   hiding: ReadonlySet<Group>,
 *   hiddenKeys: ReadonlySet<number>,
 *   hiddenQueries: ReadonlySet<number>,
 *   pinned: readonly TokenRef[],
 *   hovered: TokenRef|null,
 *   selected: TokenRef|null,
 * }>} Choices
 */
/** @typedef {Readonly<Record<Group, readonly number[]>>} Groups Positions of each group in the sentence. */

export const MAX_PINNED = 4;

/** @type {Choices} */
export const INITIAL = Object.freeze({
  form: "lines",
  threshold: 0.01,
  valueNorm: false,
  hiding: new Set(),
  hiddenKeys: new Set(),
  hiddenQueries: new Set(),
  pinned: [],
  hovered: null,
  selected: null,
});

/**
 * Find the positions of every group.
 *
 * @param {readonly string[]} texts
 * @param {readonly boolean[]} special
 * @returns {Groups} `cls` is a special token with that name, else a special token at the start; `sep` all other
 *   special tokens; `first` and `bos` are position 0
 */
export function findGroups(texts, special) {
  const specials = texts.map((_, token) => token).filter((token) => special[token]);
  const named = specials.filter((token) => /^[[<]cls[\]>]$/i.test(texts[token].trim()));
  const cls = named.length > 0 ? named : specials.filter((token) => token === 0);
  const start = texts.length > 0 ? [0] : [];
  return { cls, sep: specials.filter((token) => !cls.includes(token)), first: start, bos: start };
}

/**
 * Hide or show a token.
 *
 * @param {Choices} choices
 * @param {TokenRef} ref
 * @returns {Choices}
 */
export function toggleHidden(choices, ref) {
  const name = ref.side === "query" ? "hiddenQueries" : "hiddenKeys";
  const hidden = new Set(choices[name]);
  if (!hidden.delete(ref.token)) hidden.add(ref.token);
  return { ...choices, [name]: hidden };
}

/**
 * Hide or show the tokens of a group, on both sides.
 *
 * @param {Choices} choices
 * @param {Group} group
 * @param {boolean} on
 * @param {Groups} groups
 * @returns {Choices}
 */
export function hideGroup(choices, group, on, groups) {
  const hiding = new Set(choices.hiding);
  const hiddenKeys = new Set(choices.hiddenKeys);
  const hiddenQueries = new Set(choices.hiddenQueries);
  for (const set of [hiddenKeys, hiddenQueries]) {
    for (const token of groups[group]) {
      if (on) set.add(token);
      else set.delete(token);
    }
  }
  if (on) hiding.add(group);
  else hiding.delete(group);
  return { ...choices, hiding, hiddenKeys, hiddenQueries };
}

/**
 * Replace the tokens that the application hides, on both sides.
 *
 * @param {Choices} choices
 * @param {ReadonlySet<number>} before hidden before, now shown
 * @param {ReadonlySet<number>} after
 * @returns {Choices} with all that was hidden by hand still hidden
 */
export function hideSinks(choices, before, after) {
  const hiddenKeys = new Set([...choices.hiddenKeys].filter((token) => !before.has(token)));
  const hiddenQueries = new Set([...choices.hiddenQueries].filter((token) => !before.has(token)));
  for (const token of after) {
    hiddenKeys.add(token);
    hiddenQueries.add(token);
  }
  return { ...choices, hiddenKeys, hiddenQueries };
}

/**
 * Whether all, some or none of a group's tokens are hidden.
 *
 * @param {Choices} choices
 * @param {readonly number[]} tokens
 * @returns {"all"|"some"|"none"}
 */
export function hiddenShare(choices, tokens) {
  const hidden = tokens.flatMap((token) => [choices.hiddenKeys.has(token), choices.hiddenQueries.has(token)]);
  if (!hidden.some(Boolean)) return "none";
  return hidden.every(Boolean) ? "all" : "some";
}

/**
 * Pin or unpin a token.
 *
 * @param {Choices} choices
 * @param {TokenRef} ref
 * @returns {Choices|null} null where four are pinned already
 */
export function togglePinned(choices, ref) {
  const others = choices.pinned.filter((pin) => !sameToken(pin, ref));
  if (others.length < choices.pinned.length) return { ...choices, pinned: others };
  return others.length < MAX_PINNED ? { ...choices, pinned: [...others, ref] } : null;
}

/**
 * Choices for another sentence: choices about tokens are reset, those about groups and drawing stay.
 *
 * @param {Choices} choices
 * @param {Groups} groups of the new sentence
 * @param {ReadonlySet<Group>} offered groups that its model has
 * @returns {Choices}
 */
export function forSentence(choices, groups, offered) {
  /** @type {Choices} */
  const fresh = { ...choices, hiddenKeys: new Set(), hiddenQueries: new Set(), pinned: [], hovered: null };
  return [...choices.hiding]
    .filter((group) => offered.has(group))
    .reduce((current, group) => hideGroup(current, group, true, groups), fresh);
}

/**
 * Reset: no token hidden or pinned, no value norms.
 *
 * @param {Choices} choices
 * @returns {Choices} with the same form, threshold and selection
 */
export function reset(choices) {
  return { ...INITIAL, form: choices.form, threshold: INITIAL.threshold, selected: choices.selected };
}

/**
 * Focus: the hovered token, else the pinned ones; only their lines are drawn.
 *
 * @param {Choices} choices
 * @returns {readonly TokenRef[]} empty where every line is drawn
 */
export function focusOf(choices) {
  return choices.hovered ? [choices.hovered] : choices.pinned;
}
