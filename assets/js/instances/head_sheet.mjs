/** One sentence in all heads of a layer: small heat maps on one canvas, each a button that opens its head. */

import { html } from "../sentence/elements.mjs";
import { mix, paletteAt } from "../sentence/palette.mjs";

/** @typedef {import("../sentence/palette.mjs").Palette} Palette */
/**
 * @typedef {object} Sheet
 * @property {Uint8Array} shades [heads * side * side], 255 times the square root of the weight; rows are queries
 * @property {number} heads
 * @property {number} layer
 * @property {number} head the one on show
 * @property {boolean} causal whether keys after the query are absent
 */

const ABSENT = 0.12;

/**
 * The picture of one head.
 *
 * @param {Uint8Array} shades [side * side]
 * @param {number} side
 * @param {boolean} causal
 * @param {Palette} palette
 * @returns {Uint8ClampedArray<ArrayBuffer>} [side * side * 4], red, green, blue, opacity
 */
export function cellColours(shades, side, causal, palette) {
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
  #onHead;
  #title = html("h3", { class: "av-pattern-title" });
  #canvas = html("canvas", { class: "av-sheet-canvas", "aria-hidden": "true" });
  #buttons = html("div", { class: "av-sheet-heads" });

  /**
   * @param {HTMLElement} root emptied and filled
   * @param {(head: number) => void} onHead
   */
  constructor(root, onHead) {
    this.root = root;
    this.#onHead = onHead;
    root.classList.add("av-pattern");
    root.replaceChildren(this.#title, html("div", { class: "av-sheet" }, this.#canvas, this.#buttons));
    new ResizeObserver(() => this.#paint()).observe(this.#buttons);
    new MutationObserver(() => this.#paint()).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  }

  /** @param {Sheet} sheet */
  show(sheet) {
    const { heads, layer, head } = sheet;
    this.#sheet = sheet;
    this.#title.textContent = `All heads of layer ${layer}`;
    if (this.#buttons.childElementCount !== heads) {
      this.#buttons.replaceChildren(...Array.from({ length: heads }, (_, each) => this.#button(each)));
    }
    for (const [each, button] of [...this.#buttons.children].entries()) {
      button.setAttribute("aria-label", `Layer ${layer} Head ${each}`);
      if (each === head) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
    this.#paint();
  }

  /** @param {number} head */
  #button(head) {
    const attributes = { type: "button", class: "av-sheet-head", "data-testid": "sheet-head", "data-head": String(head) };
    const button = html("button", attributes, html("span", { class: "av-sheet-map" }), html("span", {}, `Head ${head}`));
    button.addEventListener("click", () => this.#onHead(head));
    return button;
  }

  #paint() {
    const width = this.#buttons.clientWidth;
    const context = this.#canvas.getContext("2d");
    if (!this.#sheet || !context || width === 0) return;
    const height = this.#buttons.clientHeight;
    const scale = window.devicePixelRatio;
    this.#canvas.width = Math.round(width * scale);
    this.#canvas.height = Math.round(height * scale);
    this.#canvas.style.width = `${width}px`;
    this.#canvas.style.height = `${height}px`;
    context.scale(scale, scale);
    const { shades, heads, causal } = this.#sheet;
    const side = Math.round(Math.sqrt(shades.length / heads));
    // Few cells are drawn large with sharp edges, many small: then averaging neighbours keeps thin lines whole.
    context.imageSmoothingEnabled = side * 2 > this.#place(0).width * scale;
    const palette = paletteAt(this.root);
    const cells = document.createElement("canvas");
    cells.width = cells.height = side;
    for (let head = 0; head < heads; head++) {
      const own = shades.subarray(head * side * side, (head + 1) * side * side);
      const image = new ImageData(cellColours(own, side, causal, palette), side, side);
      cells.getContext("2d")?.putImageData(image, 0, 0);
      const { left, top, width: wide, height: high } = this.#place(head);
      context.drawImage(cells, left, top, wide, high);
    }
  }

  /** @param {number} head @returns {{left: number, top: number, width: number, height: number}} of its heat map */
  #place(head) {
    const map = /** @type {HTMLElement} */ (this.#buttons.children[head].firstElementChild);
    return { left: map.offsetLeft, top: map.offsetTop, width: map.offsetWidth, height: map.offsetHeight };
  }
}
