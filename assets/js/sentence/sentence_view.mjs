/** Sentence View: the attention of one sentence in one head. */

import { hideGroup } from "./choices.mjs";
import { PatternPanel } from "./pattern_panel.mjs";
import { Toolbar } from "./toolbar.mjs";

/** @typedef {import("./choices.mjs").Group} Group */
/** @typedef {import("../kit/weights.mjs").Line} Line */
/** @typedef {import("../kit/weights.mjs").TokenRef} TokenRef */
/**
 * @typedef {object} SentenceEvents
 * @property {(ref: TokenRef) => void} onSelectToken
 * @property {(ref: TokenRef|null) => void} onHoverToken
 * @property {(lines: readonly Line[]) => void} onLinesChange lines for the scatterplot: those of the token in focus,
 *   else the two strongest of every query from 0.05
 * @property {(state: import("./choice_state.mjs").ChoiceState) => void} [onChoices] for a link
 */
/**
 * @typedef {object} Sentence
 * @property {readonly string[]} texts
 * @property {readonly boolean[]} special
 * @property {ReadonlySet<number>} [sinks] sinks hidden by the application
 * @property {Float32Array} pattern [length * length], rows are queries and sum to 1
 * @property {number} length
 * @property {boolean} causal
 * @property {number} [sinkKey] position of a sink logit, the last, which is a key only
 * @property {TokenRef|null} selected
 * @property {Float32Array|null} valueNorms [length]
 * @property {Record<Group, boolean>} controls which tokens may be hidden
 * @property {string} headLabel
 * @property {import("./choice_state.mjs").ChoiceState} [choices] of a link
 */

const MOUSE_HINT = "Click a token to hide it, double-click or Enter to select it, Shift-click or P to pin it.";
const FINGER_HINT = "Tap a token to see its lines; then hide, select or pin it.";

export class SentenceView {
  /** @type {readonly Line[]|null} */
  #sent = null;

  /**
   * @param {HTMLElement} root
   * @param {SentenceEvents} events
   */
  constructor(root, events) {
    const toolbar = new Toolbar({
      onForm: (form) => this.panel.choose({ ...this.panel.choices, form }),
      onThreshold: (threshold) => this.panel.choose({ ...this.panel.choices, threshold }),
      onValueNorm: (valueNorm) => this.panel.choose({ ...this.panel.choices, valueNorm }),
      onReset: () => this.panel.reset(),
      onGroup: (group, on) => {
        if (this.panel.model) this.panel.choose(hideGroup(this.panel.choices, group, on, this.panel.model.groups));
      },
    });
    this.panel = new PatternPanel(
      root,
      {
        name: "sentence",
        title: "Sentence View",
        hint: window.matchMedia("(hover: none)").matches ? FINGER_HINT : MOUSE_HINT,
        remark: () => "",
        onUpdate: (choices, model) => {
          toolbar.update(choices, model);
          const lines = model.scatterplotLines(choices);
          if (lines !== this.#sent) events.onLinesChange(lines);
          this.#sent = lines;
        },
      },
      [toolbar.element],
    );
    this.panel.listeners.push({
      onChoices: () => {
        const state = this.panel.choiceState;
        if (state) events.onChoices?.(state);
      },
      onScroll: () => {},
      onHover: events.onHoverToken,
      onSelect: events.onSelectToken,
    });
  }

  /** @param {Sentence} sentence */
  show({ texts, special, sinks, pattern, length, causal, selected, valueNorms, controls, headLabel, choices, sinkKey }) {
    const groups = new Set(/** @type {Group[]} */ (Object.keys(controls)).filter((group) => controls[group]));
    const subject = { texts, special, sinks, pattern, length, causal, sinkKey, valueNorms, groups };
    this.panel.show(subject, selected, headLabel, headLabel);
    if (choices) this.panel.adoptState(choices);
    this.panel.announce();
  }

  /** @param {TokenRef|null} ref the token under the pointer on the scatterplot */
  setHovered(ref) {
    this.panel.setHovered(ref);
    this.panel.announce();
  }

  /**
   * Shown content as plain values. `lines` are all lines of the graph; `drawnLines` counts those in the visible part of a
   * long sentence.
   */
  state() {
    const { threshold, valueNorm, form, hiddenKeys, hiddenQueries, hovered, selected, pinned } = this.panel.choices;
    return {
      form,
      threshold,
      valueNorm: valueNorm && this.panel.model?.subject.valueNorms != null,
      hiddenKeys: [...hiddenKeys].sort((a, b) => a - b),
      hiddenQueries: [...hiddenQueries].sort((a, b) => a - b),
      hovered,
      selected,
      pinned: [...pinned],
      drawnLines: this.panel.drawnLines,
      lines: this.panel.lines.map((line) => ({ ...line, opacity: line.weight })),
    };
  }
}
