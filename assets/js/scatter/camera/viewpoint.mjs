import { between, fit, keepInView, pan, refit, toScreen, toWorld, visibleWorld, zoomAt } from "./camera2d.mjs";
import { HOME_ORBIT, rotation, turn } from "./camera3d.mjs";
import { cameraOf } from "./camera_text.mjs";
import { headAt, layoutCells, pointSquare, visibleRuns } from "./cells.mjs";

/**
 * @typedef {import("./camera2d.mjs").Camera} Camera
 * @typedef {import("./cells.mjs").Layout} Layout
 * @typedef {import("./cells.mjs").Head} Head
 * @typedef {import("./cells.mjs").Rect} Rect
 * @typedef {{heads: readonly number[], captions: readonly string[]}} Arrangement  which heads are shown, counted row by row,
 *   in which order, and the text of each heading after the head's name
 */

/** Margins of the matrix for headings, of heads in a custom order, and of a single head for labels. */
const MATRIX_MARGIN = { left: 40, top: 28, right: 12, bottom: 12 };
const COMPACT_MARGIN = { left: 12, top: 4, right: 12, bottom: 12 };
const HEAD_MARGIN = 28;

/** Zoom limits relative to home. */
const MATRIX_ZOOM_OUT = 0.7;
const HEAD_ZOOM = { min: 0.4, max: 400 };

/**
 * Viewpoint on the heads: stage size, layout of the cells, two-dimensional and rotating camera.
 *
 * Matrix View and Single View share one world: a single head is the same world at a higher zoom, so the transition is a
 * movement of the camera.
 */
export class Viewpoint {
  /** @type {{width: number, height: number}} */
  stage = { width: 1, height: 1 };
  /** @type {Layout} */
  layout = layoutCells(1, 1, { width: 1, height: 1 });
  /** @type {Arrangement | null} heads in an order of their own; null for the whole matrix */
  arrangement = null;
  /** @type {Head | null} the head that fills the stage, or null in the Matrix View */
  head = null;
  /** @type {Camera} */
  camera = { k: 1, x: 0, y: 0 };
  orbit = { ...HOME_ORBIT };
  spatial = false;

  /** The camera that shows everything there is to see. */
  get home() {
    return this.homeOf(this.head);
  }

  /** Rotation of a three-dimensional layout, else null. */
  get rotation() {
    return this.spatial ? rotation(this.orbit) : null;
  }

  /** Zoom relative to home. */
  get zoomLevel() {
    return this.camera.k / this.home.k;
  }

  /** Side of a head's square when one head fills the stage, in pixels. */
  get homeSide() {
    return Math.max(1, Math.min(this.stage.width, this.stage.height) - 2 * HEAD_MARGIN);
  }

  /** Side of a head's square now, in pixels. */
  get side() {
    return this.camera.k * pointSquare(this.layout, 0, 0).width;
  }

  /**
   * Camera that fits the whole matrix or one head.
   *
   * @param {Head | null} head
   * @returns {Camera}
   */
  homeOf(head) {
    const { width, height } = this.stage;
    if (head) {
      const square = pointSquare(this.layout, head.layer, head.head);
      const inset = {
        x: HEAD_MARGIN,
        y: HEAD_MARGIN,
        width: Math.max(1, width - 2 * HEAD_MARGIN),
        height: Math.max(1, height - 2 * HEAD_MARGIN),
      };
      return fit(square, inset);
    }
    const { left, top } = this.#margin;
    return fit(
      { x: 0, y: 0, width: this.layout.width, height: this.layout.height },
      { x: left, y: top, ...roomInside(this.stage, this.#margin) },
    );
  }

  /**
   * Recompute the layout of the cells; the camera stays unless the layout changes.
   *
   * @param {number} nLayers
   * @param {number} nHeads
   * @param {{width: number, height: number}} stage CSS pixels
   * @param {Arrangement | null} [arrangement]
   */
  arrange(nLayers, nHeads, stage, arrangement = null) {
    const before = { home: this.home, ...this.stage };
    const old = this.layout;
    const same = old.nLayers === nLayers && old.nHeads === nHeads;
    this.stage = stage;
    this.arrangement = arrangement;
    this.layout = layoutCells(nLayers, nHeads, roomInside(stage, this.#margin), arrangement?.heads);
    if (!same && this.head && (this.head.layer >= nLayers || this.head.head >= nHeads)) this.head = null;
    const kept = same && sameGrid(old, this.layout);
    this.camera = kept ? refit(this.camera, before, { home: this.home, ...stage }) : this.home;
  }

  /**
   * @param {number} factor
   * @param {number} x
   * @param {number} y
   */
  zoom(factor, x, y) {
    const k = this.home.k;
    const limits = this.head
      ? { min: k * HEAD_ZOOM.min, max: k * HEAD_ZOOM.max }
      : { min: k * MATRIX_ZOOM_OUT, max: Math.max(k, this.homeOf({ layer: 0, head: 0 }).k) };
    this.camera = this.#bounded(zoomAt(this.camera, factor, x, y, limits));
  }

  /**
   * @param {number} dx
   * @param {number} dy
   */
  pan(dx, dy) {
    this.camera = this.#bounded(pan(this.camera, dx, dy));
  }

  /**
   * @param {number} dx
   * @param {number} dy
   */
  turn(dx, dy) {
    this.orbit = turn(this.orbit, dx, dy);
  }

  /** Rectangle of everything that is shown, in world units. */
  get world() {
    if (this.head) return pointSquare(this.layout, this.head.layer, this.head.head);
    return { x: 0, y: 0, width: this.layout.width, height: this.layout.height };
  }

  /**
   * Move to the place of a link.
   *
   * @param {string} text as of cameraText
   */
  look(text) {
    const { camera, orbit } = cameraOf(text, this);
    this.camera = this.#bounded(camera);
    this.orbit = orbit;
  }

  /** Back to the whole picture, unturned. */
  reset() {
    this.camera = this.home;
    this.orbit = { ...HOME_ORBIT };
  }

  /**
   * Moves the matrix as little as brings a head's cell onto the stage.
   *
   * @param {Head} head
   */
  reveal({ layer, head }) {
    const { x, y, width, height } = this.squareOf(layer, head);
    const { left, top, right, bottom } = this.#margin;
    const dx = Math.max(left - x, 0) + Math.min(this.stage.width - right - x - width, 0);
    const dy = Math.max(top - y, 0) + Math.min(this.stage.height - bottom - y - height, 0);
    this.pan(dx, dy);
  }

  /**
   * The camera on the way to home.
   *
   * @param {Camera} from
   * @param {number} t 0..1
   */
  approachHome(from, t) {
    this.camera = t >= 1 ? this.home : between(from, this.home, t);
  }

  /**
   * The square of a head's points on the stage.
   *
   * @param {number} layer
   * @param {number} head
   * @returns {Rect}
   */
  squareOf(layer, head) {
    const square = pointSquare(this.layout, layer, head);
    const [x, y] = toScreen(this.camera, square.x, square.y);
    return { x, y, width: square.width * this.camera.k, height: square.height * this.camera.k };
  }

  /**
   * Find the head at a position on the stage.
   *
   * @param {number} x
   * @param {number} y
   * @returns {Head | null}
   */
  headAt(x, y) {
    return this.head ?? headAt(this.layout, ...toWorld(this.camera, x, y));
  }

  /** Runs of heads to draw, counted row by row. */
  runs() {
    if (this.head) return [{ first: this.head.layer * this.layout.nHeads + this.head.head, count: 1 }];
    return this.neighborRuns();
  }

  /** Runs of all heads on the stage, also in Single View. */
  neighborRuns() {
    return visibleRuns(this.layout, visibleWorld(this.camera, this.stage));
  }

  get #margin() {
    return this.arrangement ? COMPACT_MARGIN : MATRIX_MARGIN;
  }

  /**
   * @param {Camera} camera
   * @returns {Camera}
   */
  #bounded(camera) {
    return keepInView(camera, this.world, this.stage);
  }
}

/**
 * Whether the same heads come in the same order.
 *
 * @param {readonly number[] | undefined} one
 * @param {readonly number[] | undefined} other
 */
export function sameHeads(one, other) {
  if (!one || !other) return one === other;
  return one.length === other.length && one.every((head, place) => head === other[place]);
}

/**
 * @param {Layout} one
 * @param {Layout} other
 */
function sameGrid(one, other) {
  const columns = one.compact?.columns === other.compact?.columns;
  return columns && one.bands === other.bands && sameHeads(one.compact?.heads, other.compact?.heads);
}

/**
 * @param {{width: number, height: number}} stage
 * @param {{left: number, top: number, right: number, bottom: number}} margin
 */
function roomInside({ width, height }, { left, top, right, bottom }) {
  return { width: Math.max(1, width - left - right), height: Math.max(1, height - top - bottom) };
}
