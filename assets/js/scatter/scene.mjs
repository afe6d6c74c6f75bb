import { Composition } from "./composition.mjs";
import { drawingOf } from "./export/drawing.mjs";
import { exportPng } from "./export/export_png.mjs";
import { Hover } from "./input/hover.mjs";
import { Interaction } from "./input/interaction.mjs";
import { KeyboardGrid, gridRows } from "./input/keyboard_grid.mjs";
import { Looks } from "./point_looks.mjs";
import { Painter } from "./painter.mjs";
import { loadPicture } from "./picture.mjs";
import { PointSurface } from "./gl/point_surface.mjs";
import { buildStage } from "./overlay/stage_dom.mjs";
import { svgDocument } from "../kit/svg_document.mjs";
import { readTheme } from "./theme.mjs";

/**
 * @typedef {import("../data/run_data.mjs").RunData} RunData
 * @typedef {import("../data/run_meta.mjs").PaletteName} PaletteName
 * @typedef {import("../data/search.mjs").SearchResult} SearchResult
 * @typedef {import("./picture.mjs").ViewState} ViewState
 * @typedef {import("./picture.mjs").Picture} Picture
 * @typedef {import("./camera/cells.mjs").Head} Head
 * @typedef {import("./composition.mjs").TokenSide} TokenSide
 * @typedef {import("./input/point_description.mjs").HeadPoint} HeadPoint
 * @typedef {import("./scene_events.mjs").SceneEvents} SceneEvents
 * @typedef {{searchResult?: SearchResult | null, theme?: "light" | "dark", palette?: PaletteName,
 *   arrangement?: import("./camera/viewpoint.mjs").Arrangement | null, hidden?: readonly boolean[] | null}} ShowOptions  hidden: tokens
 *   that are taken out
 */

/** The picture of a run inside a stage: all heads, or one of them. */
export class Scene {
  #stage;
  #events;
  #parts;
  #surface;
  #composition;
  #hover;
  #interaction;
  #grid;
  #looks;
  #painter;
  #ticket = 0;
  /** Identifier of the run that was last to be shown. */
  #run = "";
  #pending = false;

  /**
   * @param {HTMLElement} stage an element with a size of its own; its contents are replaced
   * @param {SceneEvents} events
   */
  constructor(stage, events) {
    this.#stage = stage;
    this.#events = events;
    this.#parts = buildStage(stage);
    this.#composition = new Composition(stage);
    const repaint = () => this.#painter.request();
    this.#surface = new PointSurface(this.#parts.points, repaint);
    this.#looks = new Looks(this.#composition, this.#surface);
    this.#painter = new Painter(stage, this.#parts, this.#composition, this.#surface);
    this.#hover = new Hover(this.#parts, this.#composition, events, repaint);
    this.#interaction = new Interaction(this.#parts.points, {
      composition: this.#composition,
      moved: () => this.#painter.stopMotion(),
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
   * Shows a view; what is shown already is neither fetched nor sent to the graphics card again. Of several calls only the
   * last one's picture is drawn. A failure is told to `onError` and leaves the picture as it was.
   *
   * @param {RunData} run
   * @param {ViewState} view
   * @param {ShowOptions} [options]
   * @returns {Promise<void>} once this picture is drawn, or another call has taken its place
   */
  async show(run, view, { searchResult = null, theme = "light", palette = "standard", arrangement = null, hidden = null } = {}) {
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
    this.#composition.theme = readTheme(this.#stage, theme);
    this.#composition.searchResult = searchResult;
    this.#composition.hidden = hidden;
    this.#painter.enter(picture, arrangement);
    this.#looks.update(palette);
    this.#parts.points.dataset.testid = picture.head ? "single-canvas" : "matrix-canvas";
    this.#grid.show(gridRows(run.meta.model, picture.head ? null : this.#composition.viewpoint.layout.compact), picture.head);
    this.#hover.refresh();
    this.#showFallback(view);
    this.#pending = false;
    await this.#painter.painted();
  }

  /**
   * Draws attention lines in the head that is shown alone.
   *
   * @param {import("./composition.mjs").AttentionLine[]} lines tokens over the whole run
   */
  setLines(lines) {
    this.#composition.lines = lines;
    this.#painter.request();
  }

  /** Rings a point that is hovered elsewhere. @param {TokenSide | null} point */
  setHoveredPoint(point) {
    this.#composition.hoveredPoint = point;
    this.#painter.request();
  }

  /**
   * Tints the cells of the Matrix View by one number a head.
   *
   * @param {Float32Array | null} values [L * H], 0..1, NaN for no tint
   * @param {string[]} ramp CSS colors from 0 to 1
   */
  setHeadTint(values, ramp) {
    this.#composition.tint = values && ramp.length > 0 ? { values, ramp } : null;
    this.#painter.request();
  }

  /** Lets go of the points that the lasso picked. */
  clearPicked() {
    if (this.#composition.picked) this.setPicked(new Uint32Array());
  }

  /** Makes points stand out. @param {Uint32Array} points none to let go */
  setPicked(points) {
    this.#composition.picked = points.length > 0 ? points : null;
    this.#looks.update();
    this.#painter.request();
  }

  resetZoom() {
    this.#painter.stopMotion();
    this.#composition.viewpoint.reset();
    this.#painter.request();
  }

  /** Why this browser cannot draw points, in a sentence; null where it can. @returns {string | null} */
  get failure() {
    return this.#surface.failure;
  }

  /** What is drawn; `ready` once the last change is to be seen. */
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

  /** Heads in an order of their own, counted row by row; null when every head has its place. */
  get order() {
    return this.#composition.viewpoint.arrangement?.heads ?? null;
  }

  /**
   * Where a point is, in pixels of the browser's window.
   *
   * @param {HeadPoint} point token over the whole run
   * @returns {[number, number]} NaN when nothing is shown
   */
  screenXY({ layer, head, token, side }) {
    const { left, top } = this.#parts.points.getBoundingClientRect();
    const [x, y] = this.#composition.screenOf(layer, head, this.#composition.vertexOf({ token, side }));
    return [left + x, top + y];
  }

  /** The stage as a picture. @param {number} [scale] device pixels for a CSS pixel @returns {Promise<Blob>} */
  async exportPNG(scale = 2) {
    const blob = await exportPng(this.#composition, this.#surface, this.#parts.points, scale);
    this.#painter.request();
    return blob;
  }

  /** The head that is shown alone, as a drawing for papers: points, lines and labels. @returns {string} an SVG document */
  exportSVG() {
    return svgDocument(drawingOf(this.#composition, this.#looks.palette));
  }

  /** Removes everything from the stage and lets go of the graphics card. */
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

  /** Zooms about the middle of the stage. @param {number} factor */
  #zoom(factor) {
    const { viewpoint } = this.#composition;
    this.#painter.stopMotion();
    viewpoint.zoom(factor, viewpoint.stage.width / 2, viewpoint.stage.height / 2);
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
    this.#events.onHoverHead?.(head);
    this.#painter.request();
  }

  /**
   * Lets go of what was set for another run: at once, since lines and picked points of this one may come before its points.
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
    this.#parts.fallback.alt = "Picture of this view, made by the server";
  }
}
