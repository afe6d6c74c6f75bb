import { cameraText } from "./camera/camera_text.mjs";
import { Composition } from "./composition.mjs";
import { drawingOf } from "./export/drawing.mjs";
import { svgOf } from "./export/svg_drawing.mjs";
import { exportPng } from "./export/export_png.mjs";
import { Hover } from "./input/hover.mjs";
import { Interaction } from "./input/interaction.mjs";
import { KeyboardGrid, gridRows } from "./input/keyboard_grid.mjs";
import { PointStyles } from "./point_styles.mjs";
import { Painter } from "./painter.mjs";
import { loadPicture } from "./picture.mjs";
import { PointSurface } from "./gl/point_surface.mjs";
import { buildStage } from "./overlay/stage_dom.mjs";
import { readTheme } from "./theme.mjs";

/**
 * @typedef {import("../data/run_data.mjs").RunData} RunData
 * @typedef {import("../data/run_meta.mjs").PaletteName} PaletteName
 * @typedef {import("../data/search.mjs").SearchResult} SearchResult
 * @typedef {import("./picture.mjs").ViewState} ViewState
 * @typedef {import("./picture.mjs").Picture} Picture
 * @typedef {import("./camera/cells.mjs").Head} Head
 * @typedef {import("../data/run_meta.mjs").TokenRef} TokenRef
 * @typedef {import("./input/point_description.mjs").HeadPoint} HeadPoint
 * @typedef {{searchResult?: SearchResult | null,  palette?: PaletteName,
 *   arrangement?: import("./camera/viewpoint.mjs").Arrangement | null, hidden?: readonly boolean[] | null}} ShowOptions  hidden: tokens
 *   that are not drawn
 * @typedef {object} SceneEvents  what the scene reports to its page
 * @property {(head: Head) => void} onOpenHead
 * @property {(point: TokenRef) => void} onSelectPoint
 * @property {(point: (HeadPoint & {x: number, y: number}) | null) => void} [onHoverPoint]  x, y on the page
 * @property {() => void} [onClear]
 * @property {(selection: {points: Uint32Array}) => void} [onLasso]  points: queries 0..N-1, keys N..2N-1
 * @property {(sentence: string) => void} [onError]
 * @property {() => void} [onMoved]  the user moves the camera
 * @property {(view: ViewState) => string | null} [fallbackImage]  URL of a picture of the view for browsers without WebGL 2
 */

/** The scatterplot of a run: all heads, or one of them. The only entry point of this folder. */
export class Scene {
  #stage;
  #events;
  #parts;
  #surface;
  #composition;
  #hover;
  #interaction;
  #grid;
  #pointStyles;
  #painter;
  #ticket = 0;
  /** Identifier of the last requested run. */
  #run = "";
  #pending = false;

  /**
   * @param {HTMLElement} stage sized element; its contents are replaced
   * @param {SceneEvents} events
   */
  constructor(stage, events) {
    this.#stage = stage;
    this.#events = events;
    this.#parts = buildStage(stage);
    this.#composition = new Composition();
    const repaint = () => this.#painter.request();
    this.#surface = new PointSurface(this.#parts.points, repaint);
    this.#pointStyles = new PointStyles(this.#composition, this.#surface);
    this.#painter = new Painter(stage, this.#parts, this.#composition, this.#surface);
    this.#hover = new Hover(this.#parts, this.#composition, events, repaint);
    this.#interaction = new Interaction(this.#parts.points, {
      composition: this.#composition,
      moved: () => {
        this.#painter.stopMotion();
        events.onMoved?.();
      },
      repaint,
      openHead: events.onOpenHead,
      selectPoint: ({ token, side }) => events.onSelectPoint({ token, side }),
      hover: (place, head, point) => this.#hover.show(place, head, point),
      pick: (points) => this.#pick(points),
    });
    this.#grid = new KeyboardGrid(this.#parts.grid, {
      onFocus: (head) => this.#focusHead(head),
      onOpen: events.onOpenHead,
      onClear: () => this.#clear(),
      onZoom: (factor) => this.#zoom(factor),
      onReset: () => this.resetZoom(),
    });
    this.#parts.points.addEventListener("click", () => this.#grid.focus());
    const { failure } = this.#surface;
    if (failure) queueMicrotask(() => events.onError?.(failure));
  }

  /**
   * Show a view. Unchanged data is neither fetched nor sent to the graphics card again. A later call overtakes an earlier
   * one. A failure calls `onError` and keeps the current picture.
   *
   * @param {RunData} run
   * @param {ViewState} view
   * @param {ShowOptions} [options]
   * @returns {Promise<void>} once the picture is drawn or overtaken
   */
  async show(run, view, { searchResult = null, palette = "standard", arrangement = null, hidden = null } = {}) {
    const ticket = ++this.#ticket;
    this.#pending = true;
    this.#forgetOther(run.meta.run);
    /** @type {Picture} */
    let picture;
    try {
      picture = await loadPicture(run, view);
    } catch (error) {
      if (ticket !== this.#ticket) return;
      this.#pending = false;
      this.#events.onError?.(error instanceof Error ? error.message : String(error));
      return;
    }
    if (ticket !== this.#ticket) return;
    this.#composition.theme = readTheme();
    this.#composition.searchResult = searchResult;
    this.#composition.hidden = hidden;
    this.#painter.enter(picture, arrangement);
    this.#pointStyles.update(palette);
    this.#parts.points.dataset.testid = picture.head ? "single-canvas" : "matrix-canvas";
    const { model } = run.meta;
    const compact = picture.head ? null : this.#composition.viewpoint.layout.compact;
    this.#grid.show(gridRows(model, compact), picture.head, model);
    this.#hover.refresh();
    this.#showFallback(view);
    this.#pending = false;
    await this.#painter.painted();
  }

  /**
   * Draw attention lines in Single View.
   *
   * @param {import("../data/run_meta.mjs").Line[]} lines tokens over the whole run
   */
  setLines(lines) {
    this.#composition.lines = lines;
    this.#painter.request();
  }

  /** Mark a point that is hovered in another view. @param {TokenRef | null} point */
  setHoveredPoint(point) {
    this.#composition.hoveredPoint = point;
    this.#painter.request();
  }

  /**
   * Tint the cells of the Matrix View by one number per head.
   *
   * @param {Float32Array | null} values [L * H], 0..1, NaN for no tint
   * @param {string[]} ramp CSS colors from 0 to 1
   */
  setHeadTint(values, ramp) {
    this.#composition.tint = values && ramp.length > 0 ? { values, ramp } : null;
    this.#painter.request();
  }

  /** Set the lines of the tooltip of each head, counted row by row. @param {readonly (readonly string[])[]} notes */
  setHeadNotes(notes) {
    this.#hover.notes = notes;
  }

  /** Clear the picked points. */
  clearPicked() {
    if (this.#composition.picked) this.setPicked(new Uint32Array());
  }

  /** Emphasize points. @param {Uint32Array} points empty to clear */
  setPicked(points) {
    this.#composition.picked = points.length > 0 ? points : null;
    this.#pointStyles.update();
    this.#painter.request();
  }

  resetZoom() {
    this.#painter.stopMotion();
    this.#composition.viewpoint.reset();
    this.#events.onMoved?.();
    this.#painter.request();
  }

  /** Zoom, center and rotation as in a link; empty for the whole picture. */
  get camera() {
    return cameraText(this.#composition.viewpoint);
  }

  /** Move the camera at once. @param {string} text as of `camera` */
  look(text) {
    this.#painter.stopMotion();
    this.#composition.viewpoint.look(text);
    this.#painter.request();
  }

  /** Message for a browser that cannot draw points, else null. @returns {string | null} */
  get failure() {
    return this.#surface.failure;
  }

  /** Numbers about the drawn picture; `ready` once it includes the last change. */
  metrics() {
    const { picture, viewpoint, emphasis, labels } = this.#composition;
    const { layout, arrangement, head } = viewpoint;
    const shown = head ? null : arrangement?.heads;
    const nHeads = picture ? (shown?.length ?? layout.nLayers * layout.nHeads) : 0;
    const pointsPerHead = (picture?.cloud.pointsPerHead ?? 0) - emphasis.hidden;
    return {
      nHeads,
      pointsPerHead,
      drawnPoints: viewpoint.head ? pointsPerHead : nHeads * pointsPerHead,
      highlighted: emphasis.count,
      labels: labels.length,
      ready: picture !== null && !this.#pending && this.#painter.idle,
    };
  }

  /** Heads in their custom order, counted row by row; null in model order. */
  get order() {
    return this.#composition.viewpoint.arrangement?.heads ?? null;
  }

  /**
   * Compute the position of a point in the browser's window, in pixels.
   *
   * @param {HeadPoint} point token over the whole run
   * @returns {[number, number]} NaN when nothing is shown
   */
  screenXY({ layer, head, token, side }) {
    const { left, top } = this.#parts.points.getBoundingClientRect();
    const [x, y] = this.#composition.screenOf(layer, head, this.#composition.vertexOf({ token, side }));
    return [left + x, top + y];
  }

  /** Export the stage. @param {number} [scale] device pixels for a CSS pixel @returns {Promise<Blob>} */
  async exportPNG(scale = 2) {
    const blob = await exportPng(this.#composition, this.#surface, this.#parts.points, scale);
    this.#painter.request();
    return blob;
  }

  /** Export the head in Single View as a vector drawing. @returns {string} an SVG document */
  exportSVG() {
    return svgOf(drawingOf(this.#composition, this.#pointStyles.palette));
  }

  /** Empty the stage and release the graphics card. */
  dispose() {
    this.#ticket++;
    this.#painter.dispose();
    this.#interaction.dispose();
    this.#surface.dispose();
    this.#stage.replaceChildren();
    this.#stage.classList.remove("av-stage");
  }

  /** @param {Uint32Array} points */
  #pick(points) {
    this.setPicked(points);
    this.#events.onLasso?.({ points });
  }

  #clear() {
    this.clearPicked();
    this.#events.onClear?.();
  }

  /** Zoom around the center of the stage. @param {number} factor */
  #zoom(factor) {
    const { viewpoint } = this.#composition;
    this.#painter.stopMotion();
    viewpoint.zoom(factor, viewpoint.stage.width / 2, viewpoint.stage.height / 2);
    this.#events.onMoved?.();
    this.#painter.request();
  }

  /** @param {Head | null} head */
  #focusHead(head) {
    const { viewpoint } = this.#composition;
    if (head && !viewpoint.head) {
      this.#painter.stopMotion();
      viewpoint.reveal(head);
    }
    this.#composition.focusedHead = head;
    this.#painter.request();
  }

  /**
   * Clear lines and picked points of another run, before those of this run arrive.
   *
   * @param {string} run
   */
  #forgetOther(run) {
    if (run === this.#run) return;
    this.#run = run;
    this.#composition.picked = null;
    this.#composition.lines = [];
  }

  /** @param {ViewState} view */
  #showFallback(view) {
    if (!this.#surface.failure) return;
    const url = this.#events.fallbackImage?.(view) ?? null;
    this.#parts.fallback.hidden = url === null;
    if (url === null) return;
    this.#parts.fallback.src = url;
    this.#parts.fallback.alt = "Server-side picture of this view";
  }
}
