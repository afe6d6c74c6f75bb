import { describePoint, encodingValue, headName } from "./point_description.mjs";
import { Tooltip } from "../../kit/tooltip.mjs";

/**
 * @typedef {import("../composition.mjs").Composition} Composition
 * @typedef {import("../camera/cells.mjs").Head} Head
 * @typedef {import("./point_description.mjs").HeadPoint} HeadPoint
 * @typedef {import("./pointer_input.mjs").Place} Place
 * @typedef {{onHoverPoint?: (point: (HeadPoint & {x: number, y: number}) | null) => void,
 *   onHoverHead?: (head: Head | null) => void}} HoverEvents
 */

/** What happens under a pointer that is not pressed: the tooltip, the frame of the head, the ring of the point. */
export class Hover {
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
   * @param {Place | null} place
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
    if (newHead) {
      composition.hoveredHead = head;
      this.#events.onHoverHead?.(head);
    }
    if (newPoint) {
      composition.hoveredPoint = point;
      const { left, top } = this.#canvas.getBoundingClientRect();
      this.#events.onHoverPoint?.(point && place ? { ...point, x: left + place[0], y: top + place[1] } : null);
    }
    if (newHead || newPoint) this.#repaint();
    this.#canvas.dataset.over = point || (head && !composition.viewpoint.head) ? "target" : "ground";
    if (!place || !head || (!point && composition.viewpoint.head)) this.#tooltip.hide();
    else if (point) void this.#describe(place, point);
    else this.#tooltip.show(place[0], place[1], [headName(head)]);
  }

  /** Forgets the point: the picture under the pointer is another one. */
  refresh() {
    this.show(null, null, null);
  }

  /**
   * @param {Place} place
   * @param {HeadPoint} point
   */
  async #describe([x, y], point) {
    const { picture } = this.#composition;
    if (!picture) return;
    this.#tooltip.show(x, y, describePoint(picture, point, null));
    const value = await encodingValue(picture, point).catch(() => null);
    const current = this.#point === point && this.#composition.picture === picture;
    if (current && value !== null) this.#tooltip.show(x, y, describePoint(picture, point, value));
  }
}

/**
 * @param {Head | null} a
 * @param {Head | null} b
 */
function sameHead(a, b) {
  return a?.layer === b?.layer && a?.head === b?.head;
}
