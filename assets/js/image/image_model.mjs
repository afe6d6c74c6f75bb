/** What an Image View draws, derived from a pattern and its user's choices; nothing is computed twice in a row. */

import { SCATTERPLOT_KEYS, SCATTERPLOT_THRESHOLD } from "../sentence/pattern_model.mjs";
import { rememberLast } from "../kit/remember.mjs";
import { effectiveWeights, linesAbove, shareOnKeys, summedWeights, topKeys } from "../sentence/weights.mjs";
import { focusOf } from "./image_choices.mjs";

/** @typedef {import("../sentence/weights.mjs").Line} Line */
/** @typedef {import("../sentence/weights.mjs").Side} Side */
/** @typedef {import("../sentence/weights.mjs").TokenRef} TokenRef */
/** @typedef {import("./image_choices.mjs").ImageChoices} ImageChoices */
/** @typedef {import("./patch_grid.mjs").PatchGrid} PatchGrid */
/** @typedef {import("./patch_grid.mjs").PrefixGroup} PrefixGroup */
/** @typedef {import("./patch_grid.mjs").PrefixGroups} PrefixGroups */
/**
 * @typedef {object} ImageSubject One image in one head.
 * @property {PatchGrid} grid
 * @property {PrefixGroups} groups
 * @property {readonly string[]} names of the tokens, for people
 * @property {Float32Array} pattern [length * length], rows are queries and sum to 1
 * @property {Float32Array|null} rollout [length * length], of all heads of the layers so far; null where it is not shown
 * @property {Float32Array|null} valueNorms [length]
 */
/** @typedef {{values: Float32Array, side: Side}} Heat one value a token of that side */

/** Weights below this are no line from a hovered patch on the scatterplot. */
const FOCUSED_THRESHOLD = 0.01;

export class ImageModel {
  #attention = rememberLast(weigh);
  #shown = rememberLast(weigh);
  #highest = rememberLast(highestKeys);
  #flows = rememberLast(linesAbove);
  #faint = rememberLast(linesAbove);
  #strongest = rememberLast(topKeys);

  /** @param {ImageSubject} subject */
  constructor(subject) {
    this.subject = subject;
    this.length = subject.names.length;
  }

  /**
   * The weights that the mode is about: attention, or its rollout.
   *
   * @param {ImageChoices} choices
   * @returns {Float32Array} [length * length]
   */
  weights(choices) {
    const rollout = this.#rolloutOf(choices);
    if (!rollout) return this.attention(choices);
    return this.#shown(rollout, this.length, this.subject.groups, choices.hiding, null);
  }

  /**
   * @param {ImageChoices} choices
   * @returns {Float32Array|null} the rollout where the mode is about it
   */
  #rolloutOf({ mode }) {
    return mode === "rollout" ? this.subject.rollout : null;
  }

  /**
   * @param {ImageChoices} choices
   * @returns {Float32Array} [length * length], the head's attention without what is hidden
   */
  attention({ hiding, valueNorm }) {
    const { pattern, groups, valueNorms } = this.subject;
    return this.#attention(pattern, this.length, groups, hiding, valueNorm ? valueNorms : null);
  }

  /**
   * What every token has of the token in focus: a query's row lies on the keys, a key's column on the queries.
   *
   * @param {ImageChoices} choices
   * @returns {Heat} without a token in focus, the mean over all queries that are not hidden
   */
  heat(choices) {
    const weights = this.weights(choices);
    const focus = focusOf(choices);
    if (!focus) return { values: meanRow(weights, this.length), side: "key" };
    const values = summedWeights(weights, this.length, [focus], focus.side) ?? new Float32Array(this.length);
    return { values, side: focus.side === "query" ? "key" : "query" };
  }

  /**
   * @param {ImageChoices} choices
   * @returns {readonly Line[]} the arrows of the mode: every patch's strongest key, or every pair; from the threshold on
   */
  arrows(choices) {
    const weights = this.attention(choices);
    const { highest, flows } = choices.thresholds;
    if (choices.mode === "highest") return this.#highest(weights, this.length, this.subject.grid.nPrefix, highest);
    return choices.mode === "flows" ? this.#flows(weights, this.length, flows, false) : [];
  }

  /**
   * @param {ImageChoices} choices
   * @returns {readonly Line[]} for the scatterplot: of the hovered token, else the strongest keys of every query
   */
  scatterplotLines(choices) {
    const weights = this.attention(choices);
    const { hovered } = choices;
    if (!hovered) return this.#strongest(weights, this.length, SCATTERPLOT_KEYS, SCATTERPLOT_THRESHOLD);
    const all = this.#faint(weights, this.length, FOCUSED_THRESHOLD, false);
    return all.filter((line) => line[hovered.side] === hovered.token);
  }

  /**
   * @param {ImageChoices} choices
   * @returns {number} share of the shown queries' attention, or rollout, that went to hidden tokens, 0..1
   */
  removedShare(choices) {
    const hidden = this.hidden(choices);
    return shareOnKeys(this.#rolloutOf(choices) ?? this.subject.pattern, this.length, hidden, hidden);
  }

  /**
   * The strongest weight of a heat map, for its scale. What a token keeps of itself through all layers of a rollout would
   * outshine all others and is left out.
   *
   * @param {ImageChoices} choices
   * @param {Heat} heat
   * @returns {number} 0 where there is none
   */
  strongest(choices, { values }) {
    const own = this.#rolloutOf(choices) ? focusOf(choices)?.token : undefined;
    return values.reduce((most, value, token) => (token === own ? most : Math.max(most, value)), 0);
  }

  /**
   * @param {ImageChoices} choices
   * @returns {ReadonlySet<number>} positions of the hidden prefix tokens
   */
  hidden({ hiding }) {
    return hiddenTokens(this.subject.groups, hiding);
  }
}

/**
 * @param {PrefixGroups} groups
 * @param {ReadonlySet<PrefixGroup>} hiding
 * @returns {ReadonlySet<number>}
 */
function hiddenTokens(groups, hiding) {
  return new Set([...hiding].flatMap((group) => groups[group]));
}

/**
 * @param {Float32Array} pattern
 * @param {number} length
 * @param {PrefixGroups} groups
 * @param {ReadonlySet<PrefixGroup>} hiding
 * @param {Float32Array|null} valueNorms
 * @returns {Float32Array}
 */
function weigh(pattern, length, groups, hiding, valueNorms) {
  const hidden = hiddenTokens(groups, hiding);
  return effectiveWeights({ pattern, length, hiddenKeys: hidden, hiddenQueries: hidden, valueNorms });
}

/**
 * @param {Float32Array} weights
 * @param {number} length
 * @param {number} nPrefix
 * @param {number} threshold
 * @returns {Line[]} of every patch, not of prefix tokens
 */
function highestKeys(weights, length, nPrefix, threshold) {
  return topKeys(weights, length, 1, threshold).filter(({ query }) => query >= nPrefix);
}

/**
 * @param {Float32Array} weights [length * length]
 * @param {number} length
 * @returns {Float32Array} [length], mean over the rows that are not empty
 */
function meanRow(weights, length) {
  const sums = new Float64Array(length);
  for (let cell = 0; cell < weights.length; cell++) sums[cell % length] += weights[cell];
  const rows = sums.reduce((total, sum) => total + sum, 0);
  return Float32Array.from(sums, (sum) => (rows > 0 ? sum / rows : 0));
}
