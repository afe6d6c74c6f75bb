/** Content of a panel, derived from a pattern and the user's choices; the last results are memoized. */

import { findGroups, focusOf } from "./choices.mjs";
import { rememberLast } from "../kit/remember.mjs";
import { visibleText } from "../data/visible_text.mjs";
import {
  SCATTERPLOT_KEYS,
  SCATTERPLOT_THRESHOLD,
  effectiveWeights,
  linesAbove,
  shareOnKeys,
  summedWeights,
  topKeys,
} from "../kit/weights.mjs";

/** @typedef {import("./choices.mjs").Choices} Choices */
/** @typedef {import("./choices.mjs").Group} Group */
/** @typedef {import("../kit/weights.mjs").Line} Line */
/** @typedef {import("../kit/weights.mjs").Side} Side */
/** @typedef {import("../kit/weights.mjs").TokenRef} TokenRef */
/**
 * @typedef {object} Subject One instance in one head.
 * @property {readonly string[]} texts
 * @property {readonly boolean[]} special
 * @property {Float32Array} pattern [length * length], rows sum to 1
 * @property {number} length
 * @property {boolean} causal
 * @property {number} [sinkKey] position of a sink logit, the last, which is a key only
 * @property {Float32Array|null} valueNorms [length]
 * @property {ReadonlySet<Group>} groups that may be hidden
 * @property {ReadonlySet<number>} [sinks] sinks hidden by the application
 */

export class PatternModel {
  #weights = rememberLast(effectiveWeightsOf);
  #removed = rememberLast(removedShareOf);
  #base = rememberLast(linesAbove);
  #strongest = rememberLast(topKeys);
  #focused = rememberLast(linesOf);
  #toTokens = rememberLast(linesToTokens);

  /**
   * @param {Subject} subject
   * @param {readonly string[]} [texts] visible texts of the same tokens, if known
   */
  constructor(subject, texts = subject.texts.map(visibleText)) {
    this.subject = subject;
    this.texts = texts;
    this.groups = findGroups(subject.texts, subject.special);
  }

  /**
   * @param {Choices} choices
   * @returns {Float32Array} [length * length]
   */
  weights({ hiddenKeys, hiddenQueries, valueNorm }) {
    return this.#weights(this.subject, hiddenKeys, hiddenQueries, valueNorm);
  }

  /**
   * @param {Choices} choices
   * @returns {number} share of the shown queries' attention that went to hidden keys, 0..1
   */
  removedShare({ hiddenKeys, hiddenQueries }) {
    return this.#removed(this.subject, hiddenKeys, hiddenQueries);
  }

  /**
   * @param {Choices} choices
   * @returns {readonly Line[]} lines of the graph: of the focus, else all
   */
  lines(choices) {
    const { length, causal } = this.subject;
    const all = this.#base(this.weights(choices), length, choices.threshold, causal);
    return choices.hovered || choices.pinned.length > 0 ? this.#focused(all, choices.hovered, choices.pinned) : all;
  }

  /**
   * @param {Choices} choices
   * @returns {readonly Line[]} lines for the scatterplot: of the focus, else the strongest of every query
   */
  scatterplotLines(choices) {
    const { length, sinkKey } = this.subject;
    if (focusOf(choices).length > 0) return this.#toTokens(this.lines(choices), sinkKey);
    return this.#toTokens(this.#strongest(this.weights(choices), length, SCATTERPLOT_KEYS, SCATTERPLOT_THRESHOLD), sinkKey);
  }

  /**
   * @param {Choices} choices
   * @returns {Record<Side, Float32Array|null>} weights of each side's tokens with the focus
   */
  shares(choices) {
    const weights = this.weights(choices);
    const focus = focusOf(choices);
    return {
      key: summedWeights(weights, this.subject.length, focus, "query"),
      query: summedWeights(weights, this.subject.length, focus, "key"),
    };
  }

  /**
   * @param {Subject} other
   * @returns {boolean} whether the other shows the same tokens, perhaps in another head
   */
  hasTokensOf({ texts }) {
    const own = this.subject.texts;
    return texts.length === own.length && texts.every((text, token) => text === own[token]);
  }
}

/**
 * @param {Subject} subject
 * @param {ReadonlySet<number>} hiddenKeys
 * @param {ReadonlySet<number>} hiddenQueries
 * @param {boolean} valueNorm
 * @returns {Float32Array}
 */
function effectiveWeightsOf({ pattern, length, valueNorms }, hiddenKeys, hiddenQueries, valueNorm) {
  return effectiveWeights({ pattern, length, hiddenKeys, hiddenQueries, valueNorms: valueNorm ? valueNorms : null });
}

/**
 * @param {readonly Line[]} lines
 * @param {TokenRef|null} hovered
 * @param {readonly TokenRef[]} pinned
 * @returns {readonly Line[]}
 */
function linesOf(lines, hovered, pinned) {
  const focus = hovered ? [hovered] : pinned;
  return lines.filter((line) => focus.some(({ side, token }) => line[side] === token));
}

/**
 * @param {Subject} subject
 * @param {ReadonlySet<number>} hiddenKeys
 * @param {ReadonlySet<number>} hiddenQueries
 * @returns {number}
 */
function removedShareOf({ pattern, length, sinkKey }, hiddenKeys, hiddenQueries) {
  const noQueries = sinkKey === undefined ? hiddenQueries : new Set([...hiddenQueries, sinkKey]);
  return shareOnKeys(pattern, length, hiddenKeys, noQueries);
}

/**
 * @param {readonly Line[]} lines
 * @param {number|undefined} sinkKey
 * @returns {readonly Line[]} those that end at a point of the scatterplot
 */
function linesToTokens(lines, sinkKey) {
  return sinkKey === undefined ? lines : lines.filter((line) => line.key !== sinkKey);
}
