/** The picture with its overlay; reports hovered and chosen tokens. */

import { html, svg } from "../kit/elements.mjs";
import { elementOf } from "../kit/shapes.mjs";
import { tokenBeside } from "./patch_grid.mjs";
import { layOutStage, tokenAt } from "./stage_layout.mjs";

/** @typedef {import("../kit/shapes.mjs").Raster} Raster */
/** @typedef {import("../kit/shapes.mjs").Shape} Shape */
/** @typedef {import("./patch_grid.mjs").PatchGrid} PatchGrid */
/** @typedef {import("./stage_layout.mjs").StageLayout} StageLayout */
/**
 * @typedef {object} StageDrawing
 * @property {PatchGrid} grid
 * @property {HTMLCanvasElement} pixels of the picture
 * @property {number} token origin of the arrow keys
 * @property {(layout: StageLayout) => readonly Shape[]} shapes over the picture
 */
/**
 * @typedef {object} StageEvents
 * @property {(token: number|null) => void} onHover
 * @property {(token: number, byKeyboard: boolean) => void} onChoose
 */

/** Smallest size of a picture's pixel that is drawn without smoothing, in device pixels. */
const CRISP_FROM = 3;
const TALLEST_SHARE = 0.6;

export class PatchStage {
  element = html("div", { class: "av-patch-room" });
  #stage = html("div", { class: "av-patch-stage", tabindex: "0", role: "application" });
  #canvas = html("canvas", { class: "av-patch-picture", "aria-hidden": "true" });
  #overlay = svg("svg", { class: "av-patch-overlay", "aria-hidden": "true" });
  #events;
  /** @type {StageDrawing|null} */
  #drawing = null;
  /** @type {StageLayout|null} */
  #layout = null;

  /**
   * @param {string} label for screen readers
   * @param {StageEvents} events
   */
  constructor(label, events) {
    this.#events = events;
    this.#stage.setAttribute("aria-label", `${label}; arrow keys move the selection`);
    this.#stage.append(this.#canvas, this.#overlay);
    this.element.append(this.#stage);
    this.#listen();
    new ResizeObserver(() => this.#redraw()).observe(this.element);
  }

  /** @param {StageDrawing} drawing */
  draw(drawing) {
    this.#drawing = drawing;
    this.#redraw();
  }

  /**
   * Export the stage as a picture.
   *
   * @returns {{width: number, height: number, shapes: readonly Shape[]}|null} null before the first drawing
   */
  picture() {
    if (!this.#drawing || !this.#layout) return null;
    const { width, height } = this.#layout;
    return { width, height, shapes: [this.#raster(this.#drawing, this.#layout), ...this.#drawing.shapes(this.#layout)] };
  }

  #redraw() {
    const width = this.element.clientWidth;
    if (!this.#drawing || width === 0) return;
    const { grid, pixels } = this.#drawing;
    const height = Math.max(240, window.innerHeight * TALLEST_SHARE);
    const layout = layOutStage(grid, pixels, { width, height });
    this.#layout = layout;
    Object.assign(this.#stage.style, { width: `${layout.width}px`, height: `${layout.height}px` });
    this.#overlay.setAttribute("width", String(layout.width));
    this.#overlay.setAttribute("height", String(layout.height));
    this.#paintPicture(this.#drawing, layout);
    this.#overlay.replaceChildren(...this.#drawing.shapes(layout).map(elementOf));
  }

  /**
   * @param {StageDrawing} drawing
   * @param {StageLayout} layout
   * @returns {Raster}
   */
  #raster({ pixels }, { picture }) {
    return { kind: "raster", ...picture, pixels, crisp: picture.width * window.devicePixelRatio >= CRISP_FROM * pixels.width };
  }

  /**
   * @param {StageDrawing} drawing
   * @param {StageLayout} layout
   */
  #paintPicture(drawing, layout) {
    const { x, y, width, height } = layout.picture;
    const scale = window.devicePixelRatio;
    const canvas = this.#canvas;
    Object.assign(canvas.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const context = canvas.getContext("2d");
    if (!context) return;
    context.imageSmoothingEnabled = !this.#raster(drawing, layout).crisp;
    context.imageSmoothingQuality = "high";
    context.drawImage(drawing.pixels, 0, 0, canvas.width, canvas.height);
  }

  #listen() {
    const stage = this.#stage;
    stage.addEventListener("pointermove", (event) => {
      if (event.pointerType !== "touch") this.#events.onHover(this.#tokenOf(event));
    });
    stage.addEventListener("pointerleave", () => this.#events.onHover(null));
    stage.addEventListener("click", (event) => {
      const token = this.#tokenOf(event);
      if (token !== null) this.#events.onChoose(token, false);
    });
    stage.addEventListener("keydown", (event) => this.#key(event));
  }

  /**
   * @param {MouseEvent} event
   * @returns {number|null}
   */
  #tokenOf(event) {
    if (!this.#layout) return null;
    const box = this.#stage.getBoundingClientRect();
    return tokenAt(this.#layout, event.clientX - box.left, event.clientY - box.top);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!this.#drawing || event.ctrlKey || event.metaKey || event.altKey) return;
    const token = tokenBeside(this.#drawing.grid, this.#drawing.token, event.key);
    if (token === null) return;
    this.#events.onChoose(token, true);
    event.preventDefault();
    event.stopPropagation();
  }
}
