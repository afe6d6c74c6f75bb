/** Picture with title, caption and exports: the common body of Image View and Aggregate View. */

import { html } from "../kit/elements.mjs";
import { patternCsv } from "../data/csv.mjs";
import { ExportMenu } from "../kit/export_menu.mjs";
import { drawsArrows, INITIAL } from "./image_choices.mjs";
import { wordsOn } from "./image_words.mjs";
import { PatchStage } from "./patch_stage.mjs";
import { gridShape, HEAT_SHARE, MOST_ARROWS, opaqueFrom, stageShapes } from "./stage_shapes.mjs";

/** @typedef {import("../kit/shapes.mjs").Picture} Picture */
/** @typedef {import("./image_choices.mjs").ImageChoices} ImageChoices */
/** @typedef {import("./image_model.mjs").ImageModel} ImageModel */
/** @typedef {import("./patch_stage.mjs").StageEvents} StageEvents */
/** @typedef {import("../kit/colors.mjs").ImageColors} ImageColors */

const TITLE_HEIGHT = 36;

export class ImagePanel {
  /** @type {ImageModel|null} */
  #model = null;
  /** @type {ImageChoices} */
  #choices = INITIAL;
  /** @type {ImageColors|null} */
  #colors = null;
  #pixels = html("canvas");
  #options;
  #headLabel = "";
  #subtitle = html("p", { class: "av-pattern-subtitle" });
  #stage;
  #words = html("p", { class: "av-image-words" });
  #scale = html("div", { class: "av-image-scale", "aria-hidden": "true" });
  #key = html("p", { class: "av-image-key" });

  /**
   * @param {HTMLElement} root emptied and filled
   * @param {{name: string, title: string, lined: boolean}} options prefix of test ids; heading; whether patches have
   *   visible edges
   * @param {StageEvents} gestures
   * @param {{above: readonly HTMLElement[], below: readonly HTMLElement[]}} parts around the picture
   */
  constructor(root, options, gestures, { above, below }) {
    this.root = root;
    this.#options = options;
    this.#stage = new PatchStage(options.title, gestures);
    const menu = new ExportMenu(options.name, () => this.#exportable());
    root.classList.add("av-pattern", "av-image");
    root.setAttribute("role", "region");
    root.setAttribute("aria-label", options.title);
    const titles = [html("h3", { class: "av-pattern-title" }, options.title), this.#subtitle];
    root.replaceChildren(
      html("header", { class: "av-pattern-header" }, html("div", { class: "av-pattern-titles" }, ...titles), menu.element),
      ...above,
      this.#stage.element,
      html("div", { class: "av-image-foot" }, this.#words, this.#scale, this.#key),
      ...below,
    );
  }

  /**
   * @param {ImageModel} model
   * @param {HTMLCanvasElement} pixels of the picture
   * @param {string} headLabel
   * @param {string} remark behind it
   */
  show(model, pixels, headLabel, remark) {
    this.#model = model;
    this.#pixels = pixels;
    this.#headLabel = headLabel;
    this.#subtitle.textContent = remark || headLabel;
  }

  /**
   * @param {ImageChoices} choices
   * @param {ImageColors} colors
   */
  update(choices, colors) {
    const model = this.#model;
    if (!model) return;
    this.#choices = choices;
    this.#colors = colors;
    this.root.dataset.mode = choices.mode;
    this.#stage.draw({
      grid: model.subject.grid,
      pixels: this.#pixels,
      token: choices.selected?.token ?? model.subject.grid.nPrefix,
      shapes: (layout) => [
        ...(this.#options.lined ? [gridShape(layout, colors)] : []),
        ...stageShapes(layout, model, choices, colors, this.#options.lined ? 1 : HEAT_SHARE),
      ],
    });
    this.#describe(model, choices);
  }

  /**
   * @param {ImageModel} model
   * @param {ImageChoices} choices
   */
  #describe(model, choices) {
    const arrows = drawsArrows(choices.mode);
    this.#words.textContent = wordsOn(model, choices, MOST_ARROWS);
    this.#key.hidden = !arrows;
    this.#scale.hidden = arrows;
    if (arrows) return this.#key.replaceChildren(...signs(model));
    const heat = model.heat(choices);
    const most = opaqueFrom(model, heat, choices);
    this.#scale.dataset.side = heat.side;
    this.#scale.replaceChildren(html("span", {}, "0"), html("span", {}, most === 1 ? "1" : most.toFixed(2)));
  }

  /** @returns {import("../kit/export_menu.mjs").Exportable|null} */
  #exportable() {
    const model = this.#model;
    if (!model) return null;
    const title = `${this.#options.title}, ${this.#headLabel}`;
    return {
      picture: () => this.#titled(title),
      csv: () => patternCsv(model.subject.names, model.weights(this.#choices), false),
      name: `${this.#options.name} ${this.#headLabel} ${this.#choices.mode}`,
    };
  }

  /**
   * @param {string} title
   * @returns {Picture} the current picture, below its title
   */
  #titled(title) {
    const drawn = this.#stage.picture();
    if (!drawn || !this.#colors) throw new Error("The picture is not shown.");
    const { text, background } = this.#colors;
    const size = { width: Math.max(320, drawn.width), height: drawn.height + TITLE_HEIGHT };
    const lettering = { bold: true, end: false, turned: false };
    return {
      ...size,
      shapes: [
        { kind: "box", x: 0, y: 0, ...size, color: background },
        { kind: "text", x: 12, y: 18, text: title, color: text, ...lettering },
        { kind: "group", x: 0, y: TITLE_HEIGHT, opacity: 1, shapes: drawn.shapes },
      ],
    };
  }
}

/**
 * @param {ImageModel} model
 * @returns {HTMLElement[]} legend of the marks
 */
function signs({ subject: { groups, names } }) {
  const sign = (/** @type {string} */ mark, /** @type {string} */ meaning) =>
    html("span", { class: `av-sign av-sign-${mark}` }, meaning);
  return [
    sign("arrow", "another patch"),
    sign("circle", "itself"),
    ...groups.cls.slice(0, 1).map((token) => sign("square", names[token])),
    ...(groups.registers.length > 0 ? [sign("hollow", "other special token")] : []),
  ];
}
