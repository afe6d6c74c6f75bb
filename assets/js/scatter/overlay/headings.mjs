import { toScreen } from "../camera/camera2d.mjs";
import { cellOrigin } from "../camera/cells.mjs";
import { SMALLEST_NAMED } from "../camera/compact_grid.mjs";
import { layerNumber } from "../../data/layer_number.mjs";

/**
 * @typedef {import("../../data/layer_number.mjs").Numbered} Numbered
 * @typedef {import("../camera/viewpoint.mjs").Viewpoint} Viewpoint
 * @typedef {{text: string, x: number, y: number, align: "end" | "middle"}} Heading  position on the stage, in pixels
 */

/** Distance of headings from their cells, height of a heading, width that a column's heading needs, in pixels. */
const GAP = 4;
const LINE = 16;
const COLUMN = 26;

/** Width of a row's heading. */
const ROW = 34;

/** Smallest cell whose heading includes the head's value, in pixels. */
const WITH_VALUE = 84;

/**
 * Place the headings: one per head in a custom order, else of layers and heads.
 *
 * @param {Viewpoint} viewpoint
 * @param {Numbered} [model] names layers by their own numbers
 * @returns {Heading[]}
 */
export function placeHeadings(viewpoint, model = {}) {
  const { arrangement } = viewpoint;
  return arrangement ? headingsOfHeads(viewpoint, arrangement, model) : headingsOfRows(viewpoint, model);
}

/**
 * Place a heading above each cell, or at the top edge of the stage.
 *
 * @param {Viewpoint} viewpoint
 * @param {import("../camera/viewpoint.mjs").Arrangement} arrangement
 * @param {Numbered} model
 * @returns {Heading[]}
 */
function headingsOfHeads({ layout, camera, stage }, { heads, captions }, model) {
  if (camera.k < SMALLEST_NAMED) return [];
  return heads.flatMap((index, place) => {
    const [layer, head] = [Math.floor(index / layout.nHeads), index % layout.nHeads];
    const [left, top] = toScreen(camera, ...cellOrigin(layout, layer, head));
    const [from, to] = [Math.max(0, left), Math.min(stage.width, left + camera.k)];
    const shown = to - from >= ROW && top + camera.k > LINE && top < stage.height;
    const caption = camera.k >= WITH_VALUE && captions[place] ? ` · ${captions[place]}` : "";
    const y = Math.max(LINE / 2 + 2, top - LINE / 2 - 2);
    return shown ? [{ text: `L${layerNumber(model, layer)} H${head}${caption}`, x: (from + to) / 2, y, align: "middle" }] : [];
  });
}

/**
 * Place the headings of layers and heads. They stay at the stage's edge while their cells are beyond it; small cells show
 * only some of them.
 *
 * @param {Viewpoint} viewpoint
 * @param {Numbered} model
 * @returns {Heading[]}
 */
function headingsOfRows({ layout, camera, stage }, model) {
  /** @type {Heading[]} */
  const headings = [];
  const everyRow = Math.max(1, Math.ceil(LINE / camera.k));
  const everyColumn = Math.max(1, Math.ceil(COLUMN / camera.k));
  for (let band = 0; band < layout.bands; band++) {
    const firstLayer = band * layout.rowsPerBand;
    const lastLayer = Math.min(layout.nLayers, firstLayer + layout.rowsPerBand) - 1;
    const [left, top] = toScreen(camera, ...cellOrigin(layout, firstLayer, 0));
    const right = left + layout.nHeads * camera.k;
    const bottom = top + (lastLayer - firstLayer + 1) * camera.k;
    const shown = right > 0 && left < stage.width && bottom > 0 && top < stage.height;
    if (!shown) continue;
    const x = Math.max(ROW, left - GAP);
    for (let layer = firstLayer; layer <= lastLayer; layer += everyRow) {
      const y = top + (layer - firstLayer + 0.5) * camera.k;
      if (y > LINE && y < stage.height - LINE / 2) headings.push({ text: `L${layerNumber(model, layer)}`, x, y, align: "end" });
    }
    const y = Math.max(LINE / 2 + 2, top - GAP - LINE / 2);
    for (let head = 0; head < layout.nHeads; head += everyColumn) {
      const middle = left + (head + 0.5) * camera.k;
      if (middle > ROW && middle < stage.width - COLUMN / 2)
        headings.push({ text: `H${head}`, x: middle, y, align: "middle" });
    }
  }
  return headings;
}

/** Headings as elements, which are crisper than text on a canvas. */
export class Headings {
  #parent;
  /** @type {HTMLElement[]} */
  #elements = [];

  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.#parent = parent;
  }

  /**
   * @param {Heading[]} headings
   * @param {string} background color behind headings, which may cover points
   */
  show(headings, background) {
    while (this.#elements.length < headings.length) this.#elements.push(document.createElement("span"));
    for (const [i, element] of this.#elements.entries()) {
      const heading = headings[i];
      if (!heading) {
        element.remove();
        continue;
      }
      if (element.textContent !== heading.text) element.textContent = heading.text;
      const shift = heading.align === "end" ? "-100%" : "-50%";
      element.style.transform = `translate(${heading.x.toFixed(1)}px, ${heading.y.toFixed(1)}px) translate(${shift}, -50%)`;
      element.style.background = background;
      if (!element.parentNode) this.#parent.append(element);
    }
  }
}
