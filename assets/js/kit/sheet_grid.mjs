/** Sheet of a layer's heads: small pictures on one canvas, each under a button that opens its head. */

import { html } from "./elements.mjs";

/** @typedef {{left: number, top: number, width: number, height: number}} SheetBox CSS pixels */
/**
 * @typedef {object} SheetHeads
 * @property {number} heads
 * @property {number} layer
 * @property {number} head the current one
 * @property {number} aspect width / height of a picture
 */

export class SheetGrid {
  #onHead;
  #paintHeads;
  #title = html("h3", { class: "av-pattern-title" });
  #canvas = html("canvas", { class: "av-sheet-canvas", "aria-hidden": "true" });
  #buttons = html("div", { class: "av-sheet-heads", role: "group" });
  #ready = false;

  /**
   * @param {HTMLElement} root emptied and filled
   * @param {(head: number) => void} onHead
   * @param {(context: CanvasRenderingContext2D, boxes: readonly SheetBox[]) => void} paintHeads one box per head
   */
  constructor(root, onHead, paintHeads) {
    this.root = root;
    this.#onHead = onHead;
    this.#paintHeads = paintHeads;
    root.classList.add("av-pattern");
    root.replaceChildren(this.#title, html("div", { class: "av-sheet" }, this.#canvas, this.#buttons));
    new ResizeObserver(() => this.paint()).observe(this.#buttons);
    const themed = new MutationObserver(() => this.paint());
    themed.observe(document.documentElement, { attributeFilter: ["data-bs-theme", "data-palette"] });
  }

  /** @param {SheetHeads} shown */
  show({ heads, layer, head, aspect }) {
    this.#title.textContent = `All heads of layer ${layer}`;
    this.#buttons.setAttribute("aria-label", `Layer ${layer}`);
    this.#buttons.style.setProperty("--av-sheet-aspect", String(aspect));
    if (this.#buttons.childElementCount !== heads) {
      this.#buttons.replaceChildren(...Array.from({ length: heads }, (_, each) => this.#button(each)));
    }
    for (const [each, button] of [...this.#buttons.children].entries()) {
      if (each === head) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
    this.#ready = true;
    this.paint();
  }

  /** @param {readonly string[]} notes one per head, below its name */
  note(notes) {
    for (const [each, button] of [...this.#buttons.children].entries()) {
      const note = /** @type {HTMLElement} */ (button.lastElementChild);
      note.textContent = notes[each];
    }
  }

  /** Repaint all heads. */
  paint() {
    const width = this.#buttons.clientWidth;
    const context = this.#canvas.getContext("2d");
    if (!this.#ready || !context || width === 0) return;
    const height = this.#buttons.clientHeight;
    const scale = window.devicePixelRatio;
    this.#canvas.width = Math.round(width * scale);
    this.#canvas.height = Math.round(height * scale);
    this.#canvas.style.width = `${width}px`;
    this.#canvas.style.height = `${height}px`;
    context.scale(scale, scale);
    this.#paintHeads(context, [...this.#buttons.children].map(boxIn));
  }

  /** @param {number} head */
  #button(head) {
    const attributes = { type: "button", class: "av-sheet-head", "data-testid": "sheet-head", "data-head": String(head) };
    const parts = [html("span", { class: "av-sheet-map" }), html("span", {}, `Head ${head}`), html("span", { class: "av-sheet-note" })];
    const button = html("button", attributes, ...parts);
    button.addEventListener("click", () => this.#onHead(head));
    return button;
  }
}

/**
 * @param {Element} button
 * @returns {SheetBox} of its picture, on whole pixels inside its frame
 */
function boxIn(button) {
  const grid = /** @type {Element} */ (button.parentElement).getBoundingClientRect();
  const map = /** @type {Element} */ (button.firstElementChild).getBoundingClientRect();
  const [left, top] = [Math.ceil(map.left - grid.left), Math.ceil(map.top - grid.top)];
  return { left, top, width: Math.floor(map.right - grid.left) - left, height: Math.floor(map.bottom - grid.top) - top };
}
