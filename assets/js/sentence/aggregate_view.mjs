/** Aggregate View: the mean attention of a head by position, cut to the current sentence. */

import { button } from "../kit/elements.mjs";
import { cutToLength, sentencesWithBoth } from "../kit/weights.mjs";
import { PatternPanel } from "./pattern_panel.mjs";

/** @typedef {import("./choices.mjs").Choices} Choices */
/** @typedef {import("./sentence_view.mjs").SentenceView} SentenceView */
/** @typedef {import("../kit/weights.mjs").TokenRef} TokenRef */
/**
 * @typedef {object} AggregateEvents
 * @property {(ref: TokenRef) => void} onSelectToken
 * @property {(ref: TokenRef|null) => void} onHoverToken
 */
/**
 * @typedef {object} Aggregate
 * @property {Float32Array} mean [positions * positions], mean attention of (query position, key position)
 * @property {ArrayLike<number>} counts [positions], sentences that reach each position
 * @property {number} positions
 * @property {readonly string[]} texts of the current sentence
 * @property {readonly boolean[]} special
 * @property {ReadonlySet<number>} [sinks] sinks hidden by the application
 * @property {number} length of that sentence
 * @property {boolean} causal
 * @property {number} [sinkKey] position of a sink logit, the last, which is a key only
 * @property {TokenRef|null} selected
 * @property {string} headLabel
 */

const HINT = "Mean over all sentences with both positions, beside the words of this one.";

export class AggregateView {
  #folded = false;
  /** @type {ArrayLike<number>} */
  #counts = [];
  /** @type {number|undefined} */
  #sinkKey;
  /** @type {PatternPanel|null} */
  #leader = null;
  #fold;
  #root;

  /**
   * @param {HTMLElement} root
   * @param {AggregateEvents} events
   */
  constructor(root, events) {
    this.#root = root;
    this.panel = new PatternPanel(
      root,
      {
        name: "aggregate",
        title: "Aggregate View",
        hint: HINT,
        remark: (query, key) => `, mean of ${sentencesWithBoth(this.#counts, query, key === this.#sinkKey ? query : key)}`,
        onUpdate: () => {},
      },
      [],
    );
    this.panel.listeners.push({
      onChoices: () => {},
      onScroll: () => {},
      onHover: events.onHoverToken,
      onSelect: events.onSelectToken,
    });
    this.#fold = button("Hide", { class: "av-quiet-button", "data-testid": "aggregate-toggle" }, () => {
      this.folded = !this.folded;
    });
    root.querySelector("header")?.append(this.#fold);
    this.folded = false;
  }

  /** Whether only the title is visible. */
  get folded() {
    return this.#folded;
  }

  set folded(folded) {
    this.#folded = folded;
    this.#root.classList.toggle("is-folded", folded);
    this.#fold.textContent = folded ? "Show" : "Hide";
    this.#fold.setAttribute("aria-expanded", String(!folded));
  }

  /** @param {Aggregate} aggregate */
  show({ mean, counts, positions, texts, special, sinks, length, causal, selected, headLabel, sinkKey }) {
    this.#counts = counts;
    this.#sinkKey = sinkKey;
    const nTokens = sinkKey === undefined ? length : sinkKey;
    const pattern = cutToLength(mean, positions, nTokens, sinkKey !== undefined);
    const [most, fewest] = [counts[0], counts[nTokens - 1]];
    const subtitle = `Mean of ${most === fewest ? most : `${fewest}–${most}`} sentences`;
    const subject = { texts, special, sinks, pattern, length, causal, sinkKey, valueNorms: null, groups: new Set() };
    this.panel.show(subject, selected, headLabel, subtitle);
    if (this.#leader?.model?.hasTokensOf(subject)) this.panel.adopt(shared(this.#leader.choices));
  }

  /** @param {TokenRef|null} ref */
  setHovered(ref) {
    this.panel.setHovered(ref);
  }

  /** Shown content as plain values, as in Sentence View. */
  state() {
    const { threshold, form, hiddenKeys, hiddenQueries, hovered, pinned } = this.panel.choices;
    return {
      form,
      threshold,
      folded: this.#folded,
      hiddenKeys: [...hiddenKeys].sort((a, b) => a - b),
      hiddenQueries: [...hiddenQueries].sort((a, b) => a - b),
      hovered,
      pinned: [...pinned],
      drawnLines: this.panel.drawnLines,
      lines: this.panel.lines.map((line) => ({ ...line, opacity: line.weight })),
    };
  }

  /**
   * Share hovered, hidden, pinned and selected tokens, the threshold and the scroll position with a Sentence View.
   *
   * @param {SentenceView} sentence
   */
  link(sentence) {
    this.#leader = sentence.panel;
    follow(this.panel, sentence.panel);
    follow(sentence.panel, this.panel);
  }
}

/**
 * @param {PatternPanel} follower
 * @param {PatternPanel} leader
 */
function follow(follower, leader) {
  leader.listeners.push({
    onChoices: (choices) => {
      if (leader.model && follower.model?.hasTokensOf(leader.model.subject)) follower.adopt(shared(choices));
    },
    onScroll: (top) => follower.scrollTo(top),
  });
}

/**
 * @param {Choices} choices
 * @returns {Partial<Choices>} choices that linked views share
 */
function shared({ threshold, hiding, hiddenKeys, hiddenQueries, pinned, hovered, selected }) {
  return { threshold, hiding, hiddenKeys, hiddenQueries, pinned, hovered, selected };
}
