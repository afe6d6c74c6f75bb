/** Scrolling row of all images of a run: click, or arrow keys and Enter, to select one. Only visible ones are in the document. */

import { pixelCanvas, html } from "../kit/elements.mjs";
import { seenRows } from "../kit/virtual_rows.mjs";

/** @typedef {import("../data/run_data.mjs").RunData} RunData */
/** @typedef {{names: readonly string[], pixels: Uint8Array, width: number, height: number}} Gallery  pixels [n, height, width, 3] */

/** Distance between the left edges of two thumbnails, in pixels; equals lists.css. */
const STEP = 64;

export class ThumbnailStrip {
  #root;
  #row = html("div", { class: "av-thumbnail-row", role: "presentation" });
  #onChoose;
  /** @type {Gallery | null} */
  #gallery = null;
  /** @type {Map<number, HTMLElement>} */
  #drawn = new Map();
  /** @type {number | null} */
  #selected = null;
  /** The thumbnail in the tab order. */
  #active = 0;
  #showing = 0;

  /**
   * @param {HTMLElement} root
   * @param {(instance: number) => void} onChoose
   */
  constructor(root, onChoose) {
    this.#root = root;
    this.#onChoose = onChoose;
    root.replaceChildren(this.#row);
    root.addEventListener("scroll", () => this.#fill());
    root.addEventListener("click", (event) => this.#onClick(event));
    root.addEventListener("keydown", (event) => this.#onKey(event));
    new ResizeObserver(() => this.#fill()).observe(root);
  }

  /**
   * Show the images of a run; nothing for a run without images. A later call overtakes an earlier one.
   *
   * @param {RunData} run
   * @param {number | null} selected
   */
  async show(run, selected) {
    const ticket = ++this.#showing;
    const gallery = await galleryOf(run);
    if (ticket !== this.#showing) return;
    const other = gallery?.pixels !== this.#gallery?.pixels;
    const moved = selected !== this.#selected;
    this.#gallery = gallery;
    this.#selected = selected;
    if (other) this.#restart();
    if (selected !== null && (moved || other)) this.#activate(selected);
    this.#mark();
  }

  #restart() {
    for (const element of this.#drawn.values()) element.remove();
    this.#drawn.clear();
    this.#active = 0;
    this.#root.scrollLeft = 0;
    this.#row.style.width = `${(this.#gallery?.names.length ?? 0) * STEP}px`;
    this.#fill();
  }

  #fill() {
    if (!this.#gallery) return;
    const { scrollLeft, clientWidth } = this.#root;
    const { first, end } = seenRows(scrollLeft, clientWidth, STEP, this.#gallery.names.length);
    for (const [instance, element] of this.#drawn) {
      if ((instance >= first && instance < end) || element === document.activeElement) continue;
      element.remove();
      this.#drawn.delete(instance);
    }
    for (let instance = first; instance < end; instance++) {
      if (!this.#drawn.has(instance)) this.#draw(this.#gallery, instance);
    }
  }

  /**
   * @param {Gallery} gallery
   * @param {number} instance
   */
  #draw(gallery, instance) {
    const { names, pixels, width, height } = gallery;
    const name = names[instance];
    const bytes = pixels.subarray(instance * height * width * 3, (instance + 1) * height * width * 3);
    const picture = pixelCanvas({ bytes, width, height });
    const element = html("div", { class: "av-thumbnail", role: "option", title: name, "aria-label": name }, picture);
    element.dataset.instance = String(instance);
    element.setAttribute("aria-posinset", String(instance + 1));
    element.setAttribute("aria-setsize", String(names.length));
    element.style.left = `${instance * STEP}px`;
    const after = [...this.#drawn].filter(([other]) => other > instance).sort(([a], [b]) => a - b)[0];
    this.#row.insertBefore(element, after ? after[1] : null);
    this.#drawn.set(instance, element);
    this.#markOne(instance, element);
  }

  #mark() {
    for (const [instance, element] of this.#drawn) this.#markOne(instance, element);
  }

  /**
   * @param {number} instance
   * @param {HTMLElement} element
   */
  #markOne(instance, element) {
    element.setAttribute("aria-selected", String(instance === this.#selected));
    element.tabIndex = instance === this.#active ? 0 : -1;
  }

  /** Scroll the shortest distance that makes a thumbnail visible. @param {number} instance */
  #activate(instance) {
    this.#active = instance;
    const left = instance * STEP;
    const { scrollLeft, clientWidth } = this.#root;
    if (left < scrollLeft) this.#root.scrollLeft = left;
    else if (left + STEP > scrollLeft + clientWidth - STEP / 2) this.#root.scrollLeft = left + 1.5 * STEP - clientWidth;
    this.#fill();
    this.#mark();
  }

  /** @param {MouseEvent} event */
  #onClick(event) {
    const chosen = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-instance]"));
    if (chosen) this.#onChoose(Number(chosen.dataset.instance));
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const last = (this.#gallery?.names.length ?? 0) - 1;
    const goals = { ArrowLeft: this.#active - 1, ArrowRight: this.#active + 1, Home: 0, End: last };
    const goal = goals[/** @type {keyof typeof goals} */ (event.key)];
    if (goal !== undefined) {
      this.#activate(Math.max(0, Math.min(last, goal)));
      this.#drawn.get(this.#active)?.focus({ preventScroll: true });
    } else if (event.key === "Enter" || event.key === " ") this.#onChoose(this.#active);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/**
 * @param {RunData} run
 * @returns {Promise<Gallery | null>}
 */
async function galleryOf(run) {
  const info = run.meta.arrays.pictures;
  if (!info) return null;
  const [tokens, pixels] = await Promise.all([run.tokens(), run.array("pictures")]);
  const [, height, width] = info.shape;
  return { names: tokens.instances, pixels: /** @type {Uint8Array} */ (pixels), width, height };
}
