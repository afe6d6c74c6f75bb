/** The pairs of tokens that a head connects most over the whole data set, each with an example. */

import { html } from "../kit/elements.mjs";
import { visibleText } from "../sentence/token_text.mjs";

/**
 * @typedef {object} Pair
 * @property {number} query token of the run: the place where the pair's weight is highest
 * @property {number} key
 * @property {number} count how often the pair occurs
 * @property {number} mean weight
 * @property {number} highest weight
 */

/**
 * @typedef {object} PairLists of one head
 * @property {ArrayLike<number>} places see {@link rankedPairs}
 * @property {ArrayLike<number>} weights
 * @property {boolean} bare whether sinks are taken out, special tokens among them
 * @property {readonly string[]} texts of all tokens of the run
 * @property {boolean} anySpecial whether the run has special tokens
 * @property {string} headLabel
 */

/** Occurrences of weight 0 that a pair is given before pairs are ranked; as in precompute/attention/pairs.py. */
const PRIOR = 2;

/**
 * Read the two arrays of one head and put the pairs in order.
 *
 * @param {ArrayLike<number>} places [2, K, 3]: query token, key token, count; a count of 0 ends a group
 * @param {ArrayLike<number>} weights [2, K, 2]: mean, highest
 * @param {boolean} special whether pairs with special tokens, the second group, are listed too
 * @returns {Pair[]} strongest first
 */
export function rankedPairs(places, weights, special) {
  const rows = places.length / 3;
  const pairs = Array.from({ length: special ? rows : rows / 2 }, (_, row) => ({
    query: places[3 * row],
    key: places[3 * row + 1],
    count: places[3 * row + 2],
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
    const legend = html("p", { class: "av-pair-legend" }, "Query → key, mean attention, occurrences. A click shows the strongest.");
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
    this.#head.textContent = `${given.headLabel}, all sentences${given.bare ? ", without sinks" : ""}`;
    /** @type {HTMLElement} */ (this.#special.parentElement).hidden = given.bare || !given.anySpecial;
    this.#update();
  }

  #update() {
    if (!this.#given) return;
    const { places, weights, texts } = this.#given;
    this.#pairs = rankedPairs(places, weights, this.#special.checked);
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
