/** Sheet of one sentence in all heads of a layer: small heat maps that open their head. */

import { mix, panelColors } from "../kit/colors.mjs";
import { removedNote } from "../kit/weights.mjs";
import { SheetGrid } from "../kit/sheet_grid.mjs";

/** @typedef {import("../kit/colors.mjs").Palette} Palette */
/**
 * @typedef {object} Sheet
 * @property {Uint8Array} shades [heads * side * side], 255 times the square root of the weight; rows are queries
 * @property {number} heads
 * @property {number} layer
 * @property {number} head the current one
 * @property {boolean} causal whether keys after the query are absent
 * @property {Float32Array | null} sinkShares [heads] share of attention on hidden sinks; null if none are hidden
 */

const ABSENT = 0.12;

/**
 * Pixels of one head's heat map.
 *
 * @param {Uint8Array} shades [side * side]
 * @param {number} side
 * @param {boolean} causal
 * @param {Palette} palette
 * @returns {Uint8ClampedArray<ArrayBuffer>} [side * side * 4], red, green, blue, opacity
 */
export function cellColors(shades, side, causal, palette) {
  const pixels = new Uint8ClampedArray(side * side * 4);
  const absent = mix(palette.background, palette.text, ABSENT);
  for (let query = 0, cell = 0; query < side; query++) {
    for (let key = 0; key < side; key++, cell++) {
      const hidden = causal && key > query && shades[cell] === 0;
      pixels.set(hidden ? absent : mix(palette.background, palette.line, shades[cell] / 255), 4 * cell);
      pixels[4 * cell + 3] = 255;
    }
  }
  return pixels;
}

export class HeadSheet {
  /** @type {Sheet | null} */
  #sheet = null;
  #grid;
  #cells = document.createElement("canvas");

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
    this.#grid.show({ ...sheet, aspect: 1 });
    const shares = sheet.sinkShares;
    this.#grid.note(Array.from({ length: sheet.heads }, (_, head) => (shares ? removedNote(shares[head]) : "")));
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {readonly import("../kit/sheet_grid.mjs").SheetBox[]} boxes
   */
  #paintHeads(context, boxes) {
    if (!this.#sheet) return;
    const { shades, heads, causal } = this.#sheet;
    const side = Math.round(Math.sqrt(shades.length / heads));
    const palette = panelColors();
    this.#cells.width = this.#cells.height = side;
    for (const [head, { left, top, width, height }] of boxes.entries()) {
      const own = shades.subarray(head * side * side, (head + 1) * side * side);
      this.#cells.getContext("2d")?.putImageData(new ImageData(cellColors(own, side, causal, palette), side, side), 0, 0);
      // Few cells are drawn large with sharp edges, many small: then averaging neighbors keeps thin lines whole.
      context.imageSmoothingEnabled = side * 2 > width * window.devicePixelRatio;
      context.drawImage(this.#cells, left, top, width, height);
    }
  }
}
