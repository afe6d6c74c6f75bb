import { HIDDEN, KEPT, isEmphasized } from "../emphasis.mjs";
import { PointerInput } from "./pointer_input.mjs";
import { regionOf } from "../camera/picking.mjs";

/**
 * @typedef {import("../composition.mjs").Composition} Composition
 * @typedef {import("../camera/cells.mjs").Head} Head
 * @typedef {import("./point_description.mjs").HeadPoint} HeadPoint
 * @typedef {import("./pointer_input.mjs").StagePoint} StagePoint
 * @typedef {object} Host  interface of the scene to its gestures
 * @property {Composition} composition
 * @property {() => void} moved  the user moved the camera
 * @property {() => void} repaint
 * @property {(head: Head) => void} openHead
 * @property {(point: HeadPoint) => void} selectPoint
 * @property {(place: StagePoint | null, head: Head | null, point: HeadPoint | null) => void} hover
 * @property {(points: Uint32Array) => void} pick
 */

/** Distance from its center at which a point is hit, in pixels. */
const REACH = 8;

/** Share of the stage at which zooming into a head opens it. */
const OPEN_AT = 0.8;

/** Actions of gestures: moving the camera, opening heads, selecting points. */
export class Interaction {
  #canvas;
  #host;
  #input;
  /** @type {"pan" | "turn" | "region" | null} */
  #mode = null;
  /** @type {StagePoint[]} */
  #path = [];
  /** @type {Head | null} */
  #opening = null;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Host} host
   */
  constructor(canvas, host) {
    this.#canvas = canvas;
    this.#host = host;
    this.#input = new PointerInput(canvas, {
      onDragStart: (place, modifiers) => this.#start(place, modifiers),
      onDrag: (place, dx, dy) => this.#drag(place, dx, dy),
      onDragEnd: () => this.#end(),
      onClick: (place) => this.#click(place),
      onDoubleClick: (place) => this.#doubleClick(place),
      onHover: (place) => this.#hover(place),
      onLeave: () => host.hover(null, null, null),
      onZoom: (factor, place) => this.#zoom(factor, place),
      onPinchMove: (dx, dy) => this.#pan(dx, dy),
    });
  }

  dispose() {
    this.#input.dispose();
  }

  /**
   * Find the point at a position: an emphasized one that covers it, else the topmost patch or the nearest dot.
   *
   * @param {StagePoint} place
   * @returns {HeadPoint | null}
   */
  pointAt([x, y]) {
    const { composition } = this.#host;
    const { picture, viewpoint, geometry, emphasis, style } = composition;
    const at = viewpoint.headAt(x, y);
    if (!picture || !at) return null;
    const square = viewpoint.squareOf(at.layer, at.head);
    const place = /** @type {const} */ ([(x - square.x) / square.width, (y - square.y) / square.height]);
    geometry.select(picture.cloud, viewpoint.rotation);
    const index = geometry.index(at.layer * viewpoint.layout.nHeads + at.head);
    const patches = style.mark !== "dot" && !viewpoint.rotation;
    const codeOf = (/** @type {number} */ v) => emphasis.codes[picture.order[v]];
    const isShown = (/** @type {number} */ v) => codeOf(v) !== HIDDEN;
    const find = (/** @type {number} */ size, /** @type {(vertex: number) => boolean} */ accept) =>
      patches
        ? index.topmost(...place, size / 2 / square.width, accept)
        : index.nearest(...place, (size / 2 + 1) / square.width, accept);
    let vertex = find(style.emphasized, (v) => isEmphasized(codeOf(v)));
    if (vertex < 0 && patches && emphasis.active) vertex = find(style.size, (v) => codeOf(v) === KEPT);
    if (vertex < 0 && patches) vertex = find(style.size, isShown);
    if (vertex < 0) vertex = index.nearest(...place, Math.max(REACH, style.size / 2 + 2) / square.width, isShown);
    if (vertex < 0) return null;
    const nTokens = picture.order.length / 2;
    const point = picture.order[vertex];
    return { token: point % nTokens, side: point < nTokens ? "query" : "key", ...at };
  }

  /**
   * @param {StagePoint} place
   * @param {import("./pointer_input.mjs").Modifiers} modifiers
   */
  #start(place, { shift, secondary }) {
    const { spatial } = this.#host.composition.viewpoint;
    if (spatial) this.#mode = shift || secondary ? "pan" : "turn";
    else this.#mode = shift ? "region" : "pan";
    this.#path = [place];
    this.#canvas.dataset.gesture = this.#mode === "region" ? "region" : "dragging";
    this.#host.hover(null, null, null);
  }

  /**
   * @param {StagePoint} place
   * @param {number} dx
   * @param {number} dy
   */
  #drag(place, dx, dy) {
    const { composition, moved, repaint } = this.#host;
    if (this.#mode === "pan") this.#pan(dx, dy);
    if (this.#mode === "turn") {
      moved();
      composition.viewpoint.turn(dx, dy);
    }
    if (this.#mode === "region") {
      this.#path.push(place);
      composition.region = regionOf(this.#path);
    }
    repaint();
  }

  #end() {
    const { composition, pick, repaint } = this.#host;
    delete this.#canvas.dataset.gesture;
    if (this.#mode === "region" && composition.region) {
      const points = this.#pointsInside(composition.region);
      composition.region = null;
      pick(points);
    }
    this.#mode = null;
    repaint();
  }

  /**
   * @param {readonly (readonly [number, number])[]} region
   * @returns {Uint32Array} points of the head in which the region starts
   */
  #pointsInside(region) {
    const { picture, viewpoint, geometry, emphasis } = this.#host.composition;
    const at = viewpoint.headAt(...region[0]);
    if (!picture || !at) return new Uint32Array();
    const square = viewpoint.squareOf(at.layer, at.head);
    geometry.select(picture.cloud, viewpoint.rotation);
    const polygon = region.map(
      ([x, y]) => /** @type {[number, number]} */ ([(x - square.x) / square.width, (y - square.y) / square.height]),
    );
    const vertices = geometry.index(at.layer * viewpoint.layout.nHeads + at.head).inside(polygon);
    const points = Uint32Array.from(vertices, (vertex) => picture.order[vertex]);
    return points.filter((point) => emphasis.codes[point] !== HIDDEN).sort();
  }

  /** @param {StagePoint} place */
  #click(place) {
    const { composition, openHead, selectPoint } = this.#host;
    if (!composition.viewpoint.head) {
      const head = composition.viewpoint.headAt(...place);
      if (head) openHead(head);
      return;
    }
    const point = this.pointAt(place);
    if (point) selectPoint(point);
  }

  /** @param {StagePoint} place */
  #doubleClick(place) {
    const { composition, moved, repaint } = this.#host;
    if (composition.viewpoint.head && this.pointAt(place)) return;
    moved();
    composition.viewpoint.reset();
    repaint();
  }

  /** @param {StagePoint} place */
  #hover(place) {
    this.#host.hover(place, this.#host.composition.viewpoint.headAt(...place), this.pointAt(place));
  }

  /**
   * @param {number} dx
   * @param {number} dy
   */
  #pan(dx, dy) {
    this.#host.moved();
    this.#host.composition.viewpoint.pan(dx, dy);
    this.#host.repaint();
  }

  /**
   * @param {number} factor
   * @param {StagePoint} place
   */
  #zoom(factor, place) {
    const { composition, moved, openHead, repaint } = this.#host;
    const { viewpoint } = composition;
    moved();
    viewpoint.zoom(factor, ...place);
    repaint();
    const head = viewpoint.head ? null : viewpoint.headAt(...place);
    const arrived = head !== null && factor > 1 && viewpoint.side >= OPEN_AT * viewpoint.homeSide;
    const again = head?.layer === this.#opening?.layer && head?.head === this.#opening?.head;
    if (arrived && !again) openHead(head);
    this.#opening = arrived ? head : null;
  }
}
