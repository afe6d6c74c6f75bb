/** The controls above a Sentence or Aggregate View. */

import { Checkbox, button, html } from "../kit/elements.mjs";
import { hiddenShare } from "./choices.mjs";

/** @typedef {import("./choices.mjs").Choices} Choices */
/** @typedef {import("./choices.mjs").Form} Form */
/** @typedef {import("./choices.mjs").Group} Group */
/** @typedef {import("./pattern_model.mjs").PatternModel} PatternModel */
/**
 * @typedef {object} ToolbarEvents
 * @property {(form: Form) => void} onForm
 * @property {(threshold: number) => void} onThreshold
 * @property {(group: Group, on: boolean) => void} onGroup
 * @property {(on: boolean) => void} onValueNorm
 * @property {() => void} onReset
 */

/** @type {readonly Group[]} */
const GROUPS = ["first", "bos", "cls", "sep"];

/** Switch between lines and matrix. */
export class FormControl {
  /** @type {Record<Form, HTMLButtonElement>} */
  #buttons;

  /**
   * @param {string} testId
   * @param {(form: Form) => void} onForm
   */
  constructor(testId, onForm) {
    this.#buttons = {
      lines: button("Lines", { "data-form": "lines" }, () => onForm("lines")),
      matrix: button("Matrix", { "data-form": "matrix" }, () => onForm("matrix")),
    };
    this.element = html(
      "div",
      { class: "av-segments", role: "group", "aria-label": "Form", "data-testid": testId },
      this.#buttons.lines,
      this.#buttons.matrix,
    );
  }

  /** @param {Form} form */
  update(form) {
    for (const element of Object.values(this.#buttons)) {
      element.setAttribute("aria-pressed", String(element.dataset.form === form));
    }
  }
}

/** Threshold, groups to hide, value norm, reset. */
export class Toolbar {
  element = html("div", { class: "av-pattern-options" });
  #threshold = html("input", { type: "range", min: "0", max: "1", step: "0.005", "data-testid": "threshold" });
  #reading = html("output", { class: "av-threshold-reading" });
  /** @type {Map<Group, Checkbox>} */
  #groups = new Map();
  #valueNorm;

  /** @param {ToolbarEvents} events */
  constructor(events) {
    this.#threshold.addEventListener("input", () => events.onThreshold(this.#threshold.valueAsNumber));
    for (const group of GROUPS) {
      this.#groups.set(group, new Checkbox(`hide-${group}`, (on) => events.onGroup(group, on)));
    }
    this.#valueNorm = new Checkbox("value-norm", events.onValueNorm);
    this.#valueNorm.element.title = "Attention times the norm of the key's value vector, renormalized";
    this.element.append(
      html(
        "div",
        { class: "av-threshold-row" },
        html("label", { class: "av-threshold" }, html("span", {}, "Lines from"), this.#threshold, this.#reading),
        button("Reset", { class: "av-quiet-button", "data-testid": "reset-sentence" }, events.onReset),
      ),
      html(
        "div",
        { class: "av-checks" },
        ...[...this.#groups.values()].map((box) => box.element),
        this.#valueNorm.element,
      ),
    );
  }

  /**
   * @param {Choices} choices
   * @param {PatternModel} model
   */
  update(choices, model) {
    this.#threshold.valueAsNumber = choices.threshold;
    this.#reading.value = choices.threshold.toFixed(3).replace(/0$/, "");
    for (const [group, box] of this.#groups) {
      const tokens = model.groups[group];
      const told = group === "bos" && model.subject.groups.has("first");
      box.offered = model.subject.groups.has(group) && tokens.length > 0 && !told;
      box.label = `Hide ${nameOf(group, model)}`;
      box.state = hiddenShare(choices, tokens);
    }
    this.#valueNorm.offered = model.subject.valueNorms !== null;
    this.#valueNorm.label = "Weigh by value norm";
    this.#valueNorm.state = choices.valueNorm ? "all" : "none";
  }
}

/**
 * @param {Group} group
 * @param {PatternModel} model
 * @returns {string} the model's name of these tokens
 */
function nameOf(group, model) {
  if (group === "first" && !model.subject.special[0]) return "first token";
  return model.texts[model.groups[group][0]] ?? group.toUpperCase();
}
