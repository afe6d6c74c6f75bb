/** Content of an Image View, derived from a pattern and the user's choices; the last results are memoized. */

import { rememberLast } from "../kit/remember.mjs";
import {
  SCATTERPLOT_KEYS,
  SCATTERPLOT_THRESHOLD,
  effectiveWeights,
  linesAbove,
  shareOnKeys,
  summedWeights,
  topKeys,
} from "../kit/weights.mjs";
import { focusOf } from "./image_choices.mjs";

/** @typedef {import("../kit/weights.mjs").Line} Line */
/** @typedef {import("../kit/weights.mjs").Side} Side */
/** @typedef {import("../kit/weights.mjs").TokenRef} TokenRef */
/** @typedef {import("./image_choices.mjs").ImageChoices} ImageChoices */
/** @typedef {import("./patch_grid.mjs").PatchGrid} PatchGrid */
/** @typedef {import("./patch_grid.mjs").PrefixGroup} PrefixGroup */
/** @typedef {import("./patch_grid.mjs").PrefixGroups} PrefixGroups */
/**
 * @typedef {object} ImageSubject One image in one head.
 * @property {PatchGrid} grid
 * @property {PrefixGroups} groups
 * @property {readonly string[]} names display names of the tokens
 * @property {Float32Array} pattern [length * length], rows are queries and sum to 1
 * @property {Float32Array|null} rollout [length * length], of all heads up to this layer; null in other modes
 * @property {Float32Array|null} valueNorms [length]
 */
/** @typedef {{values: Float32Array, side: Side}} Heat one value per token of that side */

/** Smallest weight of a hovered patch's lines on the scatterplot. */
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
   * Weights of the mode: attention, or its rollout.
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
   * @returns {Float32Array|null} rollout in its mode
   */
  #rolloutOf({ mode }) {
    return mode === "rollout" ? this.subject.rollout : null;
  }

  /**
   * @param {ImageChoices} choices
   * @returns {Float32Array} [length * length], the head's attention without hidden tokens
   */
  attention({ hiding, valueNorm }) {
    const { pattern, groups, valueNorms } = this.subject;
    return this.#attention(pattern, this.length, groups, hiding, valueNorm ? valueNorms : null);
  }

  /**
   * Weights with the token in focus: the row of a query over the keys, the column of a key over the queries.
   *
   * @param {ImageChoices} choices
   * @returns {Heat} without a focus, the mean over all queries that are not hidden
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
   * The strongest weight of a heat map, for its scale. In a rollout, a token's weight with itself would dominate and is
   * excluded.
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
