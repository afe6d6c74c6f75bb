/** The controls above an Image View. */

import { Checkbox, button, html } from "../kit/elements.mjs";
import { drawsArrows, MODES } from "./image_choices.mjs";

/** @typedef {import("../kit/weights.mjs").Side} Side */
/** @typedef {import("./image_choices.mjs").ImageChoices} ImageChoices */
/** @typedef {import("./image_choices.mjs").Mode} Mode */
/** @typedef {import("./image_model.mjs").ImageSubject} ImageSubject */
/** @typedef {import("./patch_grid.mjs").PrefixGroup} PrefixGroup */
/** @typedef {"valueNorm"|"stretch"|"dim"} Switch */
/**
 * @typedef {object} ImageToolbarEvents
 * @property {(mode: Mode) => void} onMode
 * @property {(side: Side) => void} onSide
 * @property {(threshold: number) => void} onThreshold
 * @property {(group: PrefixGroup, on: boolean) => void} onHide
 * @property {(name: Switch, on: boolean) => void} onSwitch
 * @property {() => void} onReset
 */

/** @type {readonly Side[]} */
const SIDES = ["query", "key"];
const VALUE_NORM = "Attention times the norm of the key's value vector, renormalized";

export class ImageToolbar {
  element = html("div", { class: "av-pattern-options" });
  #mode = html("select", { class: "form-select form-select-sm", "data-testid": "image-mode", "aria-label": "Drawing mode" });
  #threshold = html("input", { type: "range", min: "0", max: "1", step: "0.005", "data-testid": "image-threshold" });
  #reading = html("output", { class: "av-threshold-reading" });
  #slider = html("label", { class: "av-threshold" }, html("span", {}, "From"), this.#threshold, this.#reading);
  /** @type {Record<PrefixGroup, Checkbox>} */
  #hide;
  /** @type {Record<Switch, Checkbox>} */
  #switches;
  /** @type {Record<Side, HTMLButtonElement>} */
  #sides;

  /** @param {ImageToolbarEvents} events */
  constructor(events) {
    this.#mode.append(...Object.entries(MODES).map(([mode, words]) => html("option", { value: mode }, words)));
    this.#mode.addEventListener("change", () => events.onMode(/** @type {Mode} */ (this.#mode.value)));
    this.#threshold.addEventListener("input", () => events.onThreshold(this.#threshold.valueAsNumber));
    const hide = (/** @type {PrefixGroup} */ group) => new Checkbox(`hide-${group}`, (on) => events.onHide(group, on));
    const flip = (/** @type {Switch} */ name, /** @type {string} */ testId) =>
      new Checkbox(testId, (on) => events.onSwitch(name, on));
    this.#hide = { cls: hide("cls"), registers: hide("registers") };
    this.#switches = {
      valueNorm: flip("valueNorm", "value-norm"),
      stretch: flip("stretch", "image-stretch"),
      dim: flip("dim", "image-dim"),
    };
    this.#switches.valueNorm.element.title = VALUE_NORM;
    this.#switches.stretch.element.title = "On: the strongest weight is opaque. Off: opacity equals the weight.";
    const side = (/** @type {Side} */ name) => button(name === "query" ? "Query" : "Key", { class: `av-side-${name}` }, () => events.onSide(name));
    this.#sides = { query: side("query"), key: side("key") };
    this.element.append(
      html("div", { class: "av-image-modes" }, this.#mode),
      html(
        "div",
        { class: "av-threshold-row" },
        html(
          "div",
          { class: "av-segments", role: "group", "aria-label": "Side of the patch", "data-testid": "image-side" },
          ...SIDES.map((name) => this.#sides[name]),
        ),
        this.#slider,
        html("span", { class: "av-image-space" }),
        button("Reset", { class: "av-quiet-button", "data-testid": "reset-sentence" }, events.onReset),
      ),
      html(
        "div",
        { class: "av-checks" },
        ...[...Object.values(this.#hide), ...Object.values(this.#switches)].map((box) => box.element),
      ),
    );
  }

  /**
   * @param {ImageChoices} choices
   * @param {ImageSubject} subject
   */
  update(choices, subject) {
    const { mode } = choices;
    const arrows = drawsArrows(mode);
    this.#mode.value = mode;
    this.#slider.hidden = !arrows;
    if (arrows) {
      this.#threshold.valueAsNumber = choices.thresholds[mode];
      this.#reading.value = choices.thresholds[mode].toFixed(3).replace(/0$/, "");
    }
    for (const name of SIDES) this.#sides[name].setAttribute("aria-pressed", String(choices.side === name));
    this.#updateHiding(choices, subject);
    const { valueNorm, stretch, dim } = this.#switches;
    show(valueNorm, "Weigh by value norm", choices.valueNorm, mode !== "rollout" && subject.valueNorms !== null);
    show(stretch, "Strongest is opaque", choices.stretch, mode !== "highest");
    show(dim, "Dim the picture", choices.dim, !arrows);
  }

  /**
   * @param {ImageChoices} choices
   * @param {ImageSubject} subject
   */
  #updateHiding({ hiding }, { groups, names }) {
    const { cls, registers } = groups;
    show(this.#hide.cls, `Hide ${names[cls[0]]}`, hiding.has("cls"), cls.length > 0);
    const other = registers.length === 1 ? names[registers[0]] : `${names[registers[0]]} to ${names[registers.at(-1) ?? 0]}`;
    show(this.#hide.registers, `Hide ${other}`, hiding.has("registers"), registers.length > 0);
  }
}

/**
 * @param {Checkbox} box
 * @param {string} label
 * @param {boolean} on
 * @param {boolean} offered
 */
function show(box, label, on, offered) {
  box.offered = offered;
  box.label = label;
  box.state = on ? "all" : "none";
}
