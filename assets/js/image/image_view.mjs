/** Image View: the attention of one image in one head, with the mean over all images and the sheet of the layer. */

import { html, emptyCanvas, pixelCanvas } from "../kit/elements.mjs";
import { cutToLength, removedWords, sameToken } from "../kit/weights.mjs";
import { hidePrefix, imageChoicesOf, imageState, INITIAL, reset, setThreshold } from "./image_choices.mjs";
import { ImageModel } from "./image_model.mjs";
import { ImagePanel } from "./image_panel.mjs";
import { ImageSheet } from "./image_sheet.mjs";
import { ImageToolbar } from "./image_toolbar.mjs";
import { wordsAbout } from "./image_words.mjs";
import { imageColors } from "../kit/colors.mjs";

/** @typedef {import("../kit/weights.mjs").Line} Line */
/** @typedef {import("../kit/weights.mjs").Side} Side */
/** @typedef {import("../kit/weights.mjs").TokenRef} TokenRef */
/** @typedef {import("./image_choices.mjs").ImageChoices} ImageChoices */
/** @typedef {import("./image_choices.mjs").Mode} Mode */
/** @typedef {import("./image_model.mjs").ImageSubject} ImageSubject */
/** @typedef {import("./patch_grid.mjs").PrefixGroup} PrefixGroup */
/** @typedef {import("../kit/elements.mjs").Pixels} Pixels */
/**
 * @typedef {object} ImageEvents
 * @property {(mode: Mode) => void} onMode
 * @property {(side: Side) => void} onSide without a selected token
 * @property {(ref: TokenRef, byKeyboard: boolean) => void} onSelectToken
 * @property {(ref: TokenRef|null) => void} onHoverToken
 * @property {(lines: readonly Line[]) => void} onLinesChange for the scatterplot
 * @property {(head: number) => void} onHead
 * @property {(state: import("./image_choices.mjs").ImageState) => void} onChoices for a link
 */
/**
 * @typedef {object} ShownImage
 * @property {ImageSubject} subject
 * @property {Pixels} pixels as the model saw them
 * @property {{mean: Float32Array, counts: ArrayLike<number>, positions: number}|null} aggregate
 * @property {readonly {pattern: Float32Array, valueNorms: Float32Array}[]|null} heads of the layer
 * @property {number} layer
 * @property {number} head
 * @property {string} headLabel
 * @property {Mode} mode
 * @property {TokenRef|null} selected
 * @property {Side} side of the next selection
 * @property {boolean} noSinks whether the application hides prefix tokens
 * @property {import("./image_choices.mjs").ImageState} choices of a link
 */
/** @typedef {{view: HTMLElement, aggregate: HTMLElement, sheet: HTMLElement}} ImageRoots each emptied and filled */

export class ImageView {
  /** @type {ImageChoices} */
  #choices = INITIAL;
  #noSinks = false;
  /** @type {ImageModel|null} */
  #model = null;
  /** @type {readonly Line[]|null} */
  #sent = null;
  /** @type {import("../kit/colors.mjs").ImageColors|null} */
  #colors = null;
  #readout = html("p", { class: "av-readout-words", "aria-live": "polite", "data-testid": "image-readout" });
  #removed = html("p", { class: "av-pattern-removed", role: "status", "data-testid": "image-removed" });
  #events;
  #toolbar;

  /**
   * @param {ImageRoots} roots
   * @param {ImageEvents} events
   */
  constructor(roots, events) {
    this.#events = events;
    this.#toolbar = new ImageToolbar({
      onMode: events.onMode,
      onSide: (side) => this.#turn(side),
      onThreshold: (threshold) => {
        const { mode } = this.#choices;
        if (mode === "highest" || mode === "flows") this.#choose(setThreshold(this.#choices, mode, threshold));
      },
      onHide: (group, on) => this.#choose(hidePrefix(this.#choices, group, on)),
      onSwitch: (name, on) => this.#choose({ ...this.#choices, [name]: on }),
      onReset: () => this.#choose(reset(this.#choices)),
    });
    const gestures = {
      onHover: (/** @type {number|null} */ token) => this.#hover(token === null ? null : { token, side: this.#choices.side }),
      onChoose: (/** @type {number} */ token, /** @type {boolean} */ byKeyboard) =>
        events.onSelectToken({ token, side: this.#choices.side }, byKeyboard),
    };
    this.view = new ImagePanel(roots.view, { name: "image", title: "Image View", lined: false }, gestures, {
      above: [this.#toolbar.element, this.#removed],
      below: [html("div", { class: "av-readout" }, this.#readout)],
    });
    const mean = { name: "aggregate", title: "Aggregate View", lined: true };
    this.aggregate = new ImagePanel(roots.aggregate, mean, gestures, { above: [], below: [] });
    this.sheet = new ImageSheet(roots.sheet, events.onHead);
    const themed = new MutationObserver(() => {
      this.#colors = null;
      this.#update();
    });
    themed.observe(document.documentElement, { attributeFilter: ["data-bs-theme", "data-palette"] });
  }

  /** @param {ShownImage} shown */
  show(shown) {
    const { subject, pixels, aggregate, heads, layer, head, headLabel, mode, selected, side, noSinks, choices } = shown;
    const picture = pixelCanvas(pixels);
    const hovered = this.#model?.length === subject.names.length ? this.#choices.hovered : null;
    this.#model = new ImageModel(subject);
    this.view.show(this.#model, picture, headLabel, "");
    this.aggregate.root.hidden = !aggregate;
    if (aggregate) {
      const pattern = cutToLength(aggregate.mean, aggregate.positions, subject.names.length);
      const model = new ImageModel({ ...subject, pattern, rollout: null, valueNorms: null });
      this.aggregate.show(model, emptyCanvas(pixels), headLabel, `Mean of ${aggregate.counts[0]} images`);
    }
    this.sheet.root.hidden = !heads;
    if (heads) {
      const models = heads.map((each) => new ImageModel({ ...subject, ...each, rollout: null }));
      this.sheet.show({ models, layer, head, pixels: picture });
    }
    if (noSinks !== this.#noSinks) {
      const groups = /** @type {PrefixGroup[]} */ (Object.keys(subject.groups));
      this.#choices = { ...this.#choices, hiding: new Set(noSinks ? groups : []) };
      this.#noSinks = noSinks;
    }
    const own = imageState({ ...this.#choices, mode }, noSinks);
    const names = /** @type {(keyof typeof own)[]} */ (Object.keys(own));
    if (!names.every((name) => own[name] === choices[name])) {
      const groups = /** @type {PrefixGroup[]} */ (Object.keys(subject.groups));
      this.#choices = imageChoicesOf({ ...this.#choices, mode }, choices, groups, noSinks);
    }
    const known = sameToken(selected, this.#choices.selected) ? this.#choices.selected : selected;
    this.#choices = { ...this.#choices, mode, side, hovered, selected: known };
    this.#update();
  }

  /** @param {TokenRef|null} ref the token under the pointer on the scatterplot */
  setHovered(ref) {
    if (!sameToken(ref, this.#choices.hovered)) this.#choose({ ...this.#choices, hovered: ref });
  }

  /** @param {TokenRef|null} ref */
  #hover(ref) {
    if (sameToken(ref, this.#choices.hovered)) return;
    this.#choose({ ...this.#choices, hovered: ref });
    this.#events.onHoverToken(ref);
  }

  /** @param {Side} side */
  #turn(side) {
    const { selected } = this.#choices;
    if (selected) this.#events.onSelectToken({ token: selected.token, side }, false);
    else this.#events.onSide(side);
  }

  /** @param {ImageChoices} choices */
  #choose(choices) {
    this.#choices = choices;
    this.#update();
    this.#events.onChoices(imageState(choices, this.#noSinks));
  }

  #update() {
    if (!this.#model) return;
    const choices = this.#choices;
    this.#toolbar.update(choices, this.#model.subject);
    this.#colors ??= imageColors();
    this.view.update(choices, this.#colors);
    this.aggregate.update(choices, this.#colors);
    this.sheet.choose(choices);
    this.#removed.hidden = this.#model.hidden(choices).size === 0;
    this.#removed.textContent = removedWords(this.#model.removedShare(choices));
    const words = wordsAbout(this.#model, choices);
    if (words !== this.#readout.textContent) this.#readout.textContent = words;
    const lines = this.#model.scatterplotLines(choices);
    if (lines !== this.#sent) this.#events.onLinesChange(lines);
    this.#sent = lines;
  }
}
