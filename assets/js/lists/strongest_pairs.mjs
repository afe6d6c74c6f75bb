/** Strongest token pairs of a head over the whole data set, each with an example. */

import { html } from "../kit/elements.mjs";
import { visibleText } from "../data/visible_text.mjs";

/**
 * @typedef {object} Pair
 * @property {number} query token of the run with the pair's highest weight
 * @property {number} key
 * @property {number} count occurrences of the pair
 * @property {number} mean weight
 * @property {number} highest weight
 */

/**
 * @typedef {object} PairLists of one head
 * @property {ArrayLike<number>} examples see {@link rankedPairs}
 * @property {ArrayLike<number>} weights
 * @property {boolean} withoutSinks whether sinks are hidden, special tokens among them
 * @property {readonly string[]} texts of all tokens of the run
 * @property {boolean} anySpecial whether the run has special tokens
 * @property {string} headLabel
 */

/** Added occurrences of weight 0 in the ranking; equals precompute/attention/pairs.py. */
const PRIOR = 2;

/**
 * Decode and rank the pairs of one head.
 *
 * @param {ArrayLike<number>} examples [2, K, 3]: query token, key token, count; a count of 0 ends a group
 * @param {ArrayLike<number>} weights [2, K, 2]: mean, highest
 * @param {boolean} special include pairs with special tokens, the second group
 * @returns {Pair[]} strongest first
 */
export function rankedPairs(examples, weights, special) {
  const rows = examples.length / 3;
  const pairs = Array.from({ length: special ? rows : rows / 2 }, (_, row) => ({
    query: examples[3 * row],
    key: examples[3 * row + 1],
    count: examples[3 * row + 2],
    mean: weights[2 * row],
    highest: weights[2 * row + 1],
  })).filter(({ count }) => count > 0);
  const score = (/** @type {Pair} */ { mean, count }) => (mean * count) / (count + PRIOR);
  return pairs.sort((a, b) => score(b) - score(a));
}

export class StrongestPairs {
  /** @type {PairLists | null} */
  #given = null;
  /** @type {Pair[]} */
  #pairs = [];
  #onExample;
  #head = html("p", { class: "av-pattern-subtitle" });
  #special = html("input", { type: "checkbox", "data-testid": "pairs-special" });
  #list = html("ol", { class: "av-pair-list" });

  /**
   * @param {HTMLElement} root emptied and filled
   * @param {(pair: Pair) => void} onExample
   */
  constructor(root, onExample) {
    this.root = root;
    this.#onExample = onExample;
    root.classList.add("av-pattern");
    const titles = html("div", { class: "av-pattern-titles" }, html("h3", { class: "av-pattern-title" }, "Strongest pairs"), this.#head);
    const special = html("label", { class: "av-check" }, this.#special, "with special tokens");
    const legend = html("p", { class: "av-pair-legend" }, "Query → key, mean attention, occurrences. Click to open the strongest.");
    root.replaceChildren(html("header", { class: "av-pattern-header" }, titles, special), legend, this.#list);
    this.#special.addEventListener("change", () => this.#update());
    this.#list.addEventListener("click", (event) => {
      const button = /** @type {Element} */ (event.target).closest("button");
      if (button) this.#onExample(this.#pairs[Number(button.dataset.pair)]);
    });
  }

  /** @param {PairLists} given */
  show(given) {
    this.#given = given;
    this.#head.textContent = `${given.headLabel}, all sentences${given.withoutSinks ? ", without sinks" : ""}`;
    /** @type {HTMLElement} */ (this.#special.parentElement).hidden = given.withoutSinks || !given.anySpecial;
    this.#update();
  }

  #update() {
    if (!this.#given) return;
    const { examples, weights, texts } = this.#given;
    this.#pairs = rankedPairs(examples, weights, this.#special.checked);
    this.#list.replaceChildren(...this.#pairs.map((pair, index) => row(pair, index, texts)));
    this.#list.scrollTop = 0;
  }
}

/**
 * @param {Pair} pair
 * @param {number} index
 * @param {readonly string[]} texts
 */
function row({ query, key, count, mean, highest }, index, texts) {
  const [from, to] = [visibleText(texts[query]), visibleText(texts[key])];
  const weight = html("span", { class: "av-pair-mean" }, mean.toFixed(2));
  weight.style.setProperty("--av-share", String(mean));
  const button = html(
    "button",
    { type: "button", class: "av-pair", "data-testid": "pair", "data-pair": String(index) },
    html("bdi", { class: "av-name-query" }, from),
    html("span", { class: "av-pair-arrow" }, "→"),
    html("bdi", { class: "av-name-key" }, to),
    weight,
    html("span", { class: "av-pair-count" }, `${count}×`),
  );
  button.title = `${from} → ${to}: mean ${mean.toFixed(3)} over ${count}, highest ${highest.toFixed(3)}`;
  return html("li", {}, button);
}
