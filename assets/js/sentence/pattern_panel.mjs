/** Interactive attention pattern: the common body of Sentence View and Aggregate View. */

import { BipartiteGraph } from "./bipartite.mjs";
import * as choose from "./choices.mjs";
import { choicesOf, choiceState } from "./choice_state.mjs";
import { patternCsv } from "../data/csv.mjs";
import { button, html } from "../kit/elements.mjs";
import { ExportMenu } from "../kit/export_menu.mjs";
import { HeatMap } from "./heat_map.mjs";
import { panelColors } from "../kit/colors.mjs";
import { PatternModel } from "./pattern_model.mjs";
import { pictureOf } from "./picture.mjs";
import { Readout } from "./readout.mjs";
import { removedWords, sameToken } from "../kit/weights.mjs";
import { FormControl } from "./toolbar.mjs";

/** @typedef {import("./choices.mjs").Choices} Choices */
/** @typedef {import("./pattern_model.mjs").Subject} Subject */
/** @typedef {import("../kit/weights.mjs").Line} Line */
/** @typedef {import("../kit/weights.mjs").TokenRef} TokenRef */
/** @typedef {import("./bipartite.mjs").GraphEvents & import("./heat_map.mjs").HeatEvents} Gestures */
/**
 * @typedef {object} PanelOptions
 * @property {string} name test id of the root and beginning of others
 * @property {string} title
 * @property {string} hint
 * @property {(query: number, key: number) => string} remark on the weight of a pair
 * @property {(choices: Choices, model: PatternModel) => void} onUpdate
 */
/**
 * @typedef {object} PanelListener
 * @property {(choices: Choices) => void} onChoices the user chose something
 * @property {(scrollTop: number) => void} onScroll
 * @property {(ref: TokenRef|null) => void} [onHover]
 * @property {(ref: TokenRef) => void} [onSelect]
 */

/** @type {ReadonlySet<number>} */
const NONE = new Set();

export class PatternPanel {
  /** @type {Choices} */
  choices = choose.INITIAL;
  /** @type {PatternModel|null} */
  model = null;
  /** @type {PanelListener[]} */
  listeners = [];
  #options;
  #tapped = false;
  /** @type {import("./heat_paint.mjs").Pair|null} */
  #pair = null;
  #headLabel = "";
  #subtitle = html("p", { class: "av-pattern-subtitle" });
  #removed = html("p", { class: "av-pattern-removed", role: "status" });
  #form;
  #zoom;
  #graph;
  #heat;
  #readout;

  /**
   * @param {HTMLElement} root emptied and filled
   * @param {PanelOptions} options
   * @param {readonly HTMLElement[]} controls below the title
   */
  constructor(root, options, controls) {
    this.#options = options;
    const gestures = this.#gestures();
    this.#form = new FormControl(`${options.name}-form`, (form) => this.choose({ ...this.choices, form }));
    this.#zoom = button("Zoom in", { class: "av-quiet-button", "data-testid": `${options.name}-zoom` }, () => {
      this.#heat.fit = !this.#heat.fit;
      this.#update();
    });
    this.#graph = new BipartiteGraph(gestures);
    this.#heat = new HeatMap(gestures);
    this.#readout = new Readout(options.hint, gestures);
    const menu = new ExportMenu(options.name, () => this.#exportable());
    this.#removed.dataset.testid = `${options.name}-removed`;
    root.classList.add("av-pattern");
    root.dataset.testid = `${options.name}-view`;
    root.setAttribute("role", "region");
    root.setAttribute("aria-label", options.title);
    const titles = [html("h3", { class: "av-pattern-title" }, options.title), this.#subtitle];
    root.replaceChildren(
      html(
        "header",
        { class: "av-pattern-header" },
        html("div", { class: "av-pattern-titles" }, ...titles),
        this.#form.element,
        menu.element,
      ),
      ...controls,
      this.#graph.heading,
      this.#graph.element,
      this.#heat.element,
      html("div", { class: "av-heat-foot" }, heatLegend(), this.#zoom),
      // Below the tokens: it appears with the first click of a double click, and the second must hit the same token.
      this.#removed,
      this.#readout.element,
    );
    this.root = root;
    const themed = new MutationObserver(() => this.#update());
    themed.observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  }

  /**
   * Show a pattern. Hidden and pinned tokens stay while the tokens are the same.
   *
   * @param {Subject} subject
   * @param {TokenRef|null} selected
   * @param {string} headLabel
   * @param {string} subtitle
   */
  show(subject, selected, headLabel, subtitle) {
    const known = this.model?.hasTokensOf(subject) ? this.model : null;
    this.model = new PatternModel(subject, known?.texts);
    if (!known) {
      this.#pair = null;
      this.choices = choose.forSentence(this.choices, this.model.groups, subject.groups);
    }
    this.choices = choose.hideSinks(this.choices, known?.subject.sinks ?? NONE, subject.sinks ?? NONE);
    const moved = !known || !sameToken(selected, this.choices.selected);
    this.choices = { ...this.choices, selected };
    this.#headLabel = headLabel;
    this.#subtitle.textContent = subtitle;
    this.#update();
    if (moved) this.#graph.reveal(selected?.token ?? 0);
  }

  /** @param {TokenRef|null} ref hovered in another view; listeners are not called */
  setHovered(ref) {
    if (sameToken(ref, this.choices.hovered)) return;
    this.adopt({ hovered: ref });
    if (ref) this.#graph.reveal(ref.token);
  }

  /** @param {Choices} choices made in this panel */
  choose(choices) {
    this.choices = choices;
    this.#update();
    this.announce();
  }

  /** Choices for a link; null before anything is shown. @returns {import("./choice_state.mjs").ChoiceState | null} */
  get choiceState() {
    return this.model && choiceState(this.choices, this.model.groups, this.model.subject.sinks ?? NONE);
  }

  /** @param {import("./choice_state.mjs").ChoiceState} state of a link */
  adoptState(state) {
    const own = this.choiceState;
    if (!this.model || !own) return;
    const names = /** @type {(keyof typeof own)[]} */ (Object.keys(own));
    if (names.every((name) => own[name] === state[name])) return;
    const read = choicesOf(this.choices, state, this.model.groups, this.model.subject.length);
    this.adopt(choose.hideSinks(read, NONE, this.model.subject.sinks ?? NONE));
  }

  /** Reset all choices except the sinks that the application hides. */
  reset() {
    this.choose(choose.hideSinks(choose.reset(this.choices), NONE, this.model?.subject.sinks ?? NONE));
  }

  /** Call the listeners with the current choices. */
  announce() {
    for (const listener of this.listeners) listener.onChoices(this.choices);
  }

  /** @param {Partial<Choices>} choices made in another view */
  adopt(choices) {
    this.choices = { ...this.choices, ...choices };
    this.#update();
  }

  /** @param {number} top */
  scrollTo(top) {
    this.#graph.scrollTo(top);
  }

  /** Number of lines drawn at this moment. */
  get drawnLines() {
    return this.choices.form === "lines" ? this.#graph.drawnLines : 0;
  }

  /** @returns {readonly Line[]} */
  get lines() {
    return this.model?.lines(this.choices) ?? [];
  }

  /** @returns {Gestures} */
  #gestures() {
    return {
      onToggle: (ref) => this.choose(choose.toggleHidden(this.choices, ref)),
      onSelect: (ref) => this.#select(ref),
      onPin: (ref) => this.#pin(ref),
      onHover: (ref) => this.#hover(ref, false),
      onTap: (ref) => this.#hover(ref, true),
      onEscape: () => {
        this.#hover(null, false);
        this.choose({ ...this.choices, pinned: [] });
      },
      onScroll: (top) => this.listeners.forEach((listener) => listener.onScroll(top)),
      onPair: (pair) => {
        this.#pair = pair;
        this.#describe();
      },
    };
  }

  /**
   * @param {TokenRef|null} ref
   * @param {boolean} tapped
   */
  #hover(ref, tapped) {
    this.#tapped = tapped;
    if (sameToken(ref, this.choices.hovered)) {
      if (tapped) this.#update();
      return;
    }
    this.choose({ ...this.choices, hovered: ref });
    for (const listener of this.listeners) listener.onHover?.(ref);
  }

  /** @param {TokenRef} ref */
  #select(ref) {
    this.choose({ ...this.choices, selected: ref });
    for (const listener of this.listeners) listener.onSelect?.(ref);
  }

  /** @param {TokenRef} ref */
  #pin(ref) {
    const choices = choose.togglePinned(this.choices, ref);
    if (choices) this.choose(choices);
    else this.#readout.notify(`${choose.MAX_PINNED} tokens are pinned. Unpin one first.`);
  }

  #describe() {
    if (!this.model) return;
    if (!this.#pair) return this.#readout.update(this.model, this.choices, this.#tapped);
    const { query, key } = this.#pair;
    const weight = this.model.weights(this.choices)[query * this.model.subject.length + key];
    this.#readout.describePair(this.model, this.#pair, weight, this.#options.remark(query, key));
  }

  #update() {
    if (!this.model) return;
    const { choices, model } = this;
    const { texts } = model;
    const matrix = choices.form === "matrix";
    this.root.dataset.form = choices.form;
    this.#graph.element.hidden = matrix;
    this.#heat.element.hidden = !matrix;
    this.#form.update(choices.form);
    if (matrix) this.#heat.draw({ texts, weights: model.weights(choices), causal: model.subject.causal, choices });
    else {
      const { sinkKey } = model.subject;
      this.#graph.draw({ texts, lines: model.lines(choices), shares: model.shares(choices), choices, sinkKey });
    }
    this.#zoom.hidden = this.#heat.fit && !this.#heat.crowded;
    this.#zoom.textContent = this.#heat.fit ? "Zoom in" : "Fit";
    this.#describe();
    this.#updateRemoved(model.removedShare(choices));
    this.#options.onUpdate(choices, model);
  }

  /** @param {number} share of the attention on hidden keys */
  #updateRemoved(share) {
    this.#removed.hidden = this.choices.hiddenKeys.size === 0;
    this.#removed.textContent = removedWords(share);
  }

  /** @returns {import("../kit/export_menu.mjs").Exportable|null} */
  #exportable() {
    const { model, choices, root } = this;
    if (!model) return null;
    const { texts, causal } = model.subject;
    return {
      picture: () => pictureOf(model, choices, panelColors(), `${this.#options.title}, ${this.#headLabel}`),
      csv: () => patternCsv(texts, model.weights(choices), causal),
      name: `${this.#options.name} ${this.#headLabel}`,
    };
  }
}

/** @returns {HTMLElement} legend of shades and weights */
function heatLegend() {
  const ends = ["0", "0.25", "1"].map((weight) => html("span", {}, weight));
  return html("div", { class: "av-heat-legend", "aria-hidden": "true" }, ...ends);
}
