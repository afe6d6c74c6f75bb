import { gapBefore } from "../../data/layer_number.mjs";
import { describePoint, headName, loadDetails } from "./point_description.mjs";

/**
 * @typedef {import("../composition.mjs").Composition} Composition
 * @typedef {import("../camera/cells.mjs").Head} Head
 * @typedef {import("./point_description.mjs").HeadPoint} HeadPoint
 * @typedef {import("./pointer_input.mjs").StagePoint} StagePoint
 * @typedef {{onHoverPoint?: (point: (HeadPoint & {x: number, y: number}) | null) => void}} HoverEvents
 */

/** Distance of the tooltip from the pointer, in pixels. */
const OFFSET = 14;

/** Feedback under a pointer that is not pressed: the tooltip, the frame of the head, the ring of the point. */
export class Hover {
  /** @type {readonly (readonly string[])[]} lines on each head, counted row by row */
  notes = [];
  #canvas;
  #tooltip;
  #composition;
  #events;
  #repaint;
  /** @type {HeadPoint | null} */
  #point = null;
  /** @type {Head | null} */
  #head = null;

  /**
   * @param {{points: HTMLCanvasElement, tooltip: HTMLElement}} parts
   * @param {Composition} composition
   * @param {HoverEvents} events
   * @param {() => void} repaint
   */
  constructor(parts, composition, events, repaint) {
    this.#canvas = parts.points;
    this.#tooltip = new Tooltip(parts.tooltip);
    this.#composition = composition;
    this.#events = events;
    this.#repaint = repaint;
  }

  /**
   * @param {StagePoint | null} place
   * @param {Head | null} head under the pointer
   * @param {HeadPoint | null} point under the pointer
   */
  show(place, head, point) {
    const composition = this.#composition;
    const newHead = !sameHead(head, this.#head);
    const newPoint =
      !sameHead(point, this.#point) || point?.token !== this.#point?.token || point?.side !== this.#point?.side;
    this.#head = head;
    this.#point = point;
    if (newHead) composition.hoveredHead = head;
    if (newPoint) {
      composition.hoveredPoint = point;
      const { left, top } = this.#canvas.getBoundingClientRect();
      this.#events.onHoverPoint?.(point && place ? { ...point, x: left + place[0], y: top + place[1] } : null);
    }
    if (newHead || newPoint) this.#repaint();
    this.#canvas.dataset.over = point || (head && !composition.viewpoint.head) ? "target" : "ground";
    if (!place || !head || (!point && composition.viewpoint.head)) this.#tooltip.hide();
    else if (point) void this.#describe(place, point);
    else this.#tooltip.show(place[0], place[1], this.#linesOf(head));
  }

  /** @param {Head} head */
  #linesOf(head) {
    const model = this.#composition.picture?.run.meta.model ?? {};
    const gap = gapBefore(model, head.layer);
    return [headName(head, model), ...(gap ? [gap] : []), ...this.#notesOn(head)];
  }

  /** @param {Head} head */
  #notesOn({ layer, head }) {
    return this.notes[layer * this.#composition.viewpoint.layout.nHeads + head] ?? [];
  }

  /** Clear the hovered point after the picture changed. */
  refresh() {
    this.show(null, null, null);
  }

  /**
   * @param {StagePoint} place
   * @param {HeadPoint} point
   */
  async #describe([x, y], point) {
    const { picture } = this.#composition;
    if (!picture) return;
    this.#tooltip.show(x, y, describePoint(picture, point));
    const details = await loadDetails(picture, point).catch(() => null);
    const current = this.#point === point && this.#composition.picture === picture;
    if (current && details) this.#tooltip.show(x, y, describePoint(picture, point, details));
  }
}

/**
 * @param {Head | null} a
 * @param {Head | null} b
 */
function sameHead(a, b) {
  return a?.layer === b?.layer && a?.head === b?.head;
}

/** A few lines of text beside the pointer. */
export class Tooltip {
  #element;

  /** @param {HTMLElement} element inside the stage */
  constructor(element) {
    this.#element = element;
  }

  /**
   * @param {number} x on the stage, in pixels
   * @param {number} y
   * @param {string[]} lines the first is the title
   */
  show(x, y, lines) {
    this.#element.replaceChildren(
      ...lines.map((line) => {
        const element = document.createElement("div");
        element.textContent = line;
        return element;
      }),
    );
    this.#element.hidden = false;
    const stage = this.#element.parentElement;
    const { offsetWidth: width, offsetHeight: height } = this.#element;
    const left = x + OFFSET + width > (stage?.clientWidth ?? 0) ? x - OFFSET - width : x + OFFSET;
    const top = y + OFFSET + height > (stage?.clientHeight ?? 0) ? y - OFFSET - height : y + OFFSET;
    this.#element.style.transform = `translate(${Math.max(0, Math.round(left))}px, ${Math.max(0, Math.round(top))}px)`;
  }

  hide() {
    this.#element.hidden = true;
  }
}
