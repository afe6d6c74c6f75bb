/** Sheet of one image in all heads of a layer: small heat maps of the selected token that open their head. */

import { SheetGrid } from "../kit/sheet_grid.mjs";
import { removedNote } from "../kit/weights.mjs";
import { INITIAL } from "./image_choices.mjs";
import { patchAt } from "./patch_grid.mjs";
import { imageColors } from "../kit/colors.mjs";
import { HEAT_SHARE, insideOf, opaqueFrom } from "./stage_shapes.mjs";

/** @typedef {import("../kit/sheet_grid.mjs").SheetBox} SheetBox */
/** @typedef {import("./image_choices.mjs").ImageChoices} ImageChoices */
/** @typedef {import("./image_model.mjs").Heat} Heat */
/** @typedef {import("./image_model.mjs").ImageModel} ImageModel */
/** @typedef {import("./patch_grid.mjs").PatchGrid} PatchGrid */
/** @typedef {{models: readonly ImageModel[], layer: number, head: number, pixels: HTMLCanvasElement}} Sheet one model per head */

const VEIL = 0.55;

export class ImageSheet {
  /** @type {Sheet|null} */
  #sheet = null;
  /** @type {ImageChoices} */
  #choices = INITIAL;
  #grid;

  /**
   * @param {HTMLElement} root emptied and filled
   * @param {(head: number) => void} onHead
   */
  constructor(root, onHead) {
    this.root = root;
    this.#grid = new SheetGrid(root, onHead, (context, boxes) => this.#paintHeads(context, boxes));
  }

  /** @param {Sheet} sheet */
  show(sheet) {
    this.#sheet = sheet;
    const { models, layer, head, pixels } = sheet;
    this.#grid.show({ heads: models.length, layer, head, aspect: pixels.width / pixels.height });
    this.#grid.note(models.map((model) => noteOf(model, this.#choices)));
  }

  /**
   * Show the attention of the selected token; hovering has no effect.
   *
   * @param {ImageChoices} choices
   */
  choose({ selected, hiding, valueNorm, stretch }) {
    const before = this.#choices;
    const same = before.selected === selected && before.hiding === hiding && before.valueNorm === valueNorm;
    if (same && before.stretch === stretch) return;
    this.#choices = { ...INITIAL, mode: "attention", selected, hiding, valueNorm, stretch };
    if (this.#sheet) this.#grid.note(this.#sheet.models.map((model) => noteOf(model, this.#choices)));
    this.#grid.paint();
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {readonly SheetBox[]} boxes
   */
  #paintHeads(context, boxes) {
    if (!this.#sheet) return;
    const { models, pixels } = this.#sheet;
    const colors = imageColors();
    for (const [head, box] of boxes.entries()) {
      const { left, top, width, height } = box;
      context.globalAlpha = 1;
      context.drawImage(pixels, left, top, width, height);
      context.globalAlpha = VEIL;
      context.fillStyle = colors.background;
      context.fillRect(left, top, width, height);
      const heat = models[head].heat(this.#choices);
      context.fillStyle = colors[heat.side];
      paintHeat(context, heat, opaqueFrom(models[head], heat, this.#choices), models[head].subject.grid, box);
      this.#frame(context, models[head].subject.grid, box, colors);
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {PatchGrid} grid
   * @param {SheetBox} box
   * @param {import("../kit/colors.mjs").ImageColors} colors
   */
  #frame(context, grid, box, colors) {
    const { selected } = this.#choices;
    if (!selected || selected.token < grid.nPrefix) return;
    const { left, top, width, height } = patchIn(grid, selected.token, box);
    context.globalAlpha = 1;
    context.strokeStyle = colors[selected.side];
    context.lineWidth = 2;
    context.strokeRect(left, top, width, height);
  }
}

/**
 * @param {ImageModel} model
 * @param {ImageChoices} choices
 * @returns {string} share that hiding removed, else the weight of CLS, which has no patch; empty without either
 */
export function noteOf(model, choices) {
  const [cls] = model.subject.groups.cls;
  if (model.hidden(choices).size > 0) return removedNote(model.removedShare(choices));
  if (cls === undefined) return "";
  return `${model.subject.names[cls]} ${model.heat(choices).values[cls].toFixed(2)}`;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Heat} heat
 * @param {number} most smallest opaque weight
 * @param {PatchGrid} grid
 * @param {SheetBox} box
 */
function paintHeat(context, { values }, most, grid, box) {
  for (let token = grid.nPrefix; token < values.length; token++) {
    const { left, top, width, height } = patchIn(grid, token, box);
    const inside = insideOf({ x: left, y: top, width, height }, HEAT_SHARE);
    context.globalAlpha = Math.min(1, values[token] / most);
    context.fillRect(inside.x, inside.y, inside.width, inside.height);
  }
}

/**
 * @param {PatchGrid} grid
 * @param {number} token of a patch
 * @param {SheetBox} box of the picture
 * @returns {SheetBox} on whole pixels, so that neighbors share their edges
 */
export function patchIn(grid, token, { left, top, width, height }) {
  const patch = patchAt(grid, token);
  if (!patch) throw new RangeError(`Token ${token} is not a patch.`);
  const x = (/** @type {number} */ column) => left + Math.round((column * width) / grid.columns);
  const y = (/** @type {number} */ row) => top + Math.round((row * height) / grid.rows);
  const [across, down] = [x(patch.column), y(patch.row)];
  return { left: across, top: down, width: x(patch.column + 1) - across, height: y(patch.row + 1) - down };
}
