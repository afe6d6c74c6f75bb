/** The lines between the two columns: SVG elements, or a canvas where there are thousands. */

import { svg } from "../kit/elements.mjs";
import { linesTouching, middleOf, strongest } from "./geometry.mjs";

/** @typedef {import("../kit/weights.mjs").Line} Line */
/** @typedef {import("./geometry.mjs").Rows} Rows */
/**
 * @typedef {object} LinePlan
 * @property {readonly Line[]} lines
 * @property {boolean} whole whether every row is drawn, also outside the window
 * @property {Rows} rows
 * @property {number} rowHeight
 * @property {number} left x of the queries' end
 * @property {number} right x of the keys' end
 * @property {number} height of all rows
 * @property {number} scrollTop
 * @property {number} windowHeight
 */

/** Most lines drawn as elements; more are drawn on the canvas, which is faster. */
const MOST_ELEMENTS = 3000;
/** Most lines drawn at all, the strongest ones: more would blend to gray. */
const MOST_LINES = 6000;
const WIDTH = 2;

export class LineLayer {
  /** @type {SVGSVGElement} */
  svg = svg("svg", { class: "av-lines", "aria-hidden": "true" });
  canvas = document.createElement("canvas");
  /** Number of lines drawn at the last call. */
  drawn = 0;
  /** @type {WeakMap<readonly Line[], SVGGElement>} */
  #groups = new WeakMap();
  #shape = "";

  constructor() {
    this.canvas.className = "av-lines";
    this.canvas.setAttribute("aria-hidden", "true");
  }

  /** @param {LinePlan} plan */
  draw(plan) {
    const shape = [plan.left, plan.right, plan.rowHeight, plan.height].join();
    if (shape !== this.#shape) this.#reshape(plan, shape);
    const touching = plan.whole ? plan.lines : linesTouching(plan.lines, plan.rows);
    const onCanvas = touching.length > MOST_ELEMENTS;
    this.drawn = Math.min(touching.length, MOST_LINES);
    this.canvas.hidden = !onCanvas;
    if (onCanvas) {
      this.svg.replaceChildren();
      this.#paint(strongest(touching, MOST_LINES), plan);
    } else {
      this.svg.replaceChildren(plan.whole ? this.#groupOf(plan.lines, plan) : makeGroup(touching, plan));
    }
  }

  /**
   * @param {LinePlan} plan
   * @param {string} shape
   */
  #reshape(plan, shape) {
    this.#shape = shape;
    this.#groups = new WeakMap();
    this.svg.style.left = `${plan.left}px`;
    this.svg.setAttribute("width", String(plan.right - plan.left));
    this.svg.setAttribute("height", String(plan.height));
  }

  /**
   * Cache the group of lines, so that leaving a token restores all lines at once.
   *
   * @param {readonly Line[]} lines
   * @param {LinePlan} plan
   * @returns {SVGGElement}
   */
  #groupOf(lines, plan) {
    const group = this.#groups.get(lines) ?? makeGroup(lines, plan);
    this.#groups.set(lines, group);
    return group;
  }

  /**
   * @param {readonly Line[]} lines
   * @param {LinePlan} plan
   */
  #paint(lines, plan) {
    const width = plan.right - plan.left;
    const scale = window.devicePixelRatio;
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(plan.windowHeight * scale);
    Object.assign(this.canvas.style, {
      left: `${plan.left}px`,
      top: `${plan.scrollTop}px`,
      width: `${width}px`,
      height: `${plan.windowHeight}px`,
    });
    const context = this.canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    if (!context) return;
    const style = getComputedStyle(this.canvas);
    context.scale(scale, scale);
    context.fillStyle = style.backgroundColor;
    context.fillRect(0, 0, width, plan.windowHeight);
    context.translate(0, -plan.scrollTop);
    context.strokeStyle = style.color;
    context.lineWidth = WIDTH;
    for (const { query, key, weight } of lines) {
      context.globalAlpha = weight;
      context.beginPath();
      context.moveTo(0, middleOf(query, plan.rowHeight));
      context.lineTo(width, middleOf(key, plan.rowHeight));
      context.stroke();
    }
  }
}

/**
 * @param {readonly Line[]} lines
 * @param {LinePlan} plan
 * @returns {SVGGElement} one element per line, strong ones on top
 */
function makeGroup(lines, { left, right, rowHeight }) {
  const group = svg("g");
  for (const { query, key, weight } of strongest(lines, lines.length)) {
    const opacity = Number(weight.toPrecision(6));
    group.append(
      svg("line", {
        x1: 0,
        y1: middleOf(query, rowHeight),
        x2: right - left,
        y2: middleOf(key, rowHeight),
        "stroke-opacity": opacity,
        "data-query": query,
        "data-key": key,
        "data-weight": opacity,
      }),
    );
  }
  return group;
}
