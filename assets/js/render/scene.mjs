import { Composition } from "./composition.mjs";
import { exportPng } from "./export_png.mjs";
import { drawingOf } from "./drawing.mjs";
import { svgDocument } from "./svg_document.mjs";
import { Headings, placeHeadings } from "./headings.mjs";
import { Hover } from "./hover.mjs";
import { Interaction } from "./interaction.mjs";
import { KeyboardGrid } from "./keyboard_grid.mjs";
import { Motion } from "./motion.mjs";
import { loadPicture, tableOf } from "./picture.mjs";
import { PointSurface } from "./point_surface.mjs";
import { buildStage, redraw, sizeCanvas, watchSize } from "./stage_dom.mjs";
import { paletteTexels, readTheme } from "./theme.mjs";

/**
 * @typedef {import("../data/run_data.mjs").RunData} RunData
 * @typedef {import("../data/run_meta.mjs").PaletteName} PaletteName
 * @typedef {import("../data/search.mjs").SearchResult} SearchResult
 * @typedef {import("./picture.mjs").ViewState} ViewState
 * @typedef {import("./picture.mjs").Picture} Picture
 * @typedef {import("./cells.mjs").Head} Head
 * @typedef {import("./composition.mjs").TokenSide} TokenSide
 * @typedef {import("./point_description.mjs").HeadPoint} HeadPoint
 * @typedef {object} SceneEvents
 * @property {(head: Head) => void} onOpenHead
 * @property {(point: TokenSide) => void} onSelectPoint
 * @property {(point: (HeadPoint & {x: number, y: number}) | null) => void} [onHoverPoint]  x, y on the page
 * @property {(head: Head | null) => void} [onHoverHead]
 * @property {() => void} [onClear]
 * @property {(selection: {points: Uint32Array}) => void} [onLasso]  points: queries 0..N-1, keys N..2N-1
 * @property {(sentence: string) => void} [onError]
 * @property {(view: ViewState) => string | null} [fallbackImage]  URL of a picture of the view for browsers without WebGL 2
 * @typedef {{searchResult?: SearchResult | null, theme?: "light" | "dark", palette?: PaletteName}} ShowOptions
 */

/** The picture of a run inside a stage: all heads, or one of them. */
export class Scene {
  #stage;
  #events;
  #parts;
  #surface;
  #composition;
  #headings;
  #hover;
  #interaction;
  #grid;
  #stopWatching;
  /** @type {Motion | null} */
  #motion = null;
  #frame = 0;
  #ticket = 0;
  #pending = false;
  /** @type {(() => void)[]} */
  #whenDrawn = [];
  /** @type {{key: string, texels: Uint8Array} | null} */
  #palette = null;

  /**
   * @param {HTMLElement} stage an element with a size of its own; its contents are replaced
   * @param {SceneEvents} events
   */
  constructor(stage, events) {
    this.#stage = stage;
    this.#events = events;
    this.#parts = buildStage(stage);
    this.#composition = new Composition(stage);
    this.#headings = new Headings(this.#parts.headings);
    const repaint = () => this.#requestPaint();
    const onError = (/** @type {string} */ sentence) => events.onError?.(sentence);
    this.#surface = new PointSurface(this.#parts.points, { onRestored: repaint, onError });
    this.#hover = new Hover(stage, this.#parts, this.#composition, events, repaint);
    this.#interaction = new Interaction(this.#parts.points, {
      composition: this.#composition,
      moved: () => this.#stopMotion(),
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
    });
    this.#stopWatching = watchSize(stage, () => this.#resized());
  }

  /**
   * Shows a view; what is shown already is neither fetched nor sent to the graphics card again. Of several calls only the last one's
   * picture is drawn. A failure is told to `onError` and leaves the picture as it was.
   *
   * @param {RunData} run
   * @param {ViewState} view
   * @param {ShowOptions} [options]
   * @returns {Promise<void>} once this picture is drawn, or another call has taken its place
   */
  async show(run, view, { searchResult = null, theme = "light", palette = "standard" } = {}) {
    const ticket = ++this.#ticket;
    this.#pending = true;
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
    this.#place(picture);
    this.#fill(palette);
    this.#parts.points.dataset.testid = picture.head ? "single-canvas" : "matrix-canvas";
    this.#grid.show(run.meta.model.n_layers, run.meta.model.n_heads, picture.head);
    this.#hover.refresh();
    this.#showFallback(view);
    this.#pending = false;
    await this.#drawn();
  }

  /** Attention lines of the head that is shown alone; tokens over the whole run. @param {{query: number, key: number, weight: number}[]} lines */
  setLines(lines) {
    this.#composition.lines = lines;
    this.#requestPaint();
  }

  /** Rings a point that is hovered elsewhere. @param {TokenSide | null} point */
  setHoveredPoint(point) {
    this.#composition.hoveredPoint = point;
    this.#requestPaint();
  }

  /**
   * Tints the cells of the Matrix View by one number a head.
   *
   * @param {Float32Array | null} values [L * H], 0..1, NaN for no tint
   * @param {string[]} ramp CSS colours from 0 to 1
   */
  setHeadTint(values, ramp) {
    this.#composition.tint = values && ramp.length > 0 ? { values, ramp } : null;
    this.#requestPaint();
  }

  resetZoom() {
    this.#stopMotion();
    this.#composition.viewpoint.reset();
    this.#requestPaint();
  }

  /** What is drawn; `ready` once the last change is to be seen. */
  metrics() {
    const { picture, viewpoint, emphasis, labels } = this.#composition;
    const nHeads = picture ? viewpoint.layout.nLayers * viewpoint.layout.nHeads : 0;
    const pointsPerHead = picture?.cloud.pointsPerHead ?? 0;
    return {
      nHeads,
      pointsPerHead,
      drawnPoints: viewpoint.head ? pointsPerHead : nHeads * pointsPerHead,
      highlighted: emphasis.count,
      labels: labels.length,
      ready: picture !== null && !this.#pending && !this.#motion && this.#frame === 0,
    };
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
    this.#requestPaint();
    return blob;
  }

  /** The head that is shown alone, as a drawing for papers: points, lines and labels. @returns {string} an SVG document */
  exportSVG() {
    return svgDocument(drawingOf(this.#composition, this.#palette?.texels ?? null));
  }

  /** Removes everything from the stage and lets go of the graphics card. */
  dispose() {
    this.#ticket++;
    cancelAnimationFrame(this.#frame);
    this.#stopWatching();
    this.#interaction.dispose();
    this.#surface.dispose();
    this.#stage.replaceChildren();
    this.#stage.classList.remove("av-stage");
    for (const resolve of this.#whenDrawn.splice(0)) resolve();
  }

  /** @param {Picture} picture */
  #place(picture) {
    const composition = this.#composition;
    const { viewpoint, picture: before } = composition;
    const { n_layers, n_heads } = picture.run.meta.model;
    const sameRun = before?.run.meta.run === picture.run.meta.run;
    const from = { head: viewpoint.head, camera: viewpoint.camera };
    composition.picture = picture;
    viewpoint.head = picture.head;
    viewpoint.spatial = picture.view.dims === 3;
    if (!sameRun) {
      composition.picked = null;
      composition.lines = [];
      viewpoint.arrange(n_layers, n_heads, this.#size());
      viewpoint.reset();
      this.#stopMotion();
      return;
    }
    const sameHead = from.head?.layer === picture.head?.layer && from.head?.head === picture.head?.head;
    const sameCloud = before?.cloud.coords === picture.cloud.coords;
    if (!sameHead && (from.head === null || picture.head === null)) {
      const companion = /** @type {Head} */ (picture.head ?? from.head);
      viewpoint.camera = from.camera;
      this.#motion = new Motion(from.camera, companion, picture.head !== null);
      composition.companion = { head: companion, share: picture.head ? 1 : 0 };
    } else if (!sameHead || (picture.head && !sameCloud)) {
      this.#stopMotion();
      viewpoint.camera = viewpoint.home;
    }
  }

  /** @param {PaletteName} palette */
  #fill(palette) {
    const composition = this.#composition;
    const picture = /** @type {Picture} */ (composition.picture);
    composition.updateEmphasis();
    const { encoding, cloud, colors, run } = picture;
    const key = `${run.meta.run} ${encoding.name} ${palette}`;
    if (this.#palette?.key !== key) this.#palette = { key, texels: paletteTexels(encoding.palettes[palette]) };
    const table = tableOf(picture, composition.emphasis.codes);
    this.#surface.fill({ cloud, headColors: encoding.per_head ? colors : null, table, palette: this.#palette.texels });
    this.#paletteName = palette;
  }

  /** @type {PaletteName} */
  #paletteName = "standard";

  /** @param {Uint32Array} points */
  #pick(points) {
    this.#composition.picked = points.length > 0 ? points : null;
    this.#fill(this.#paletteName);
    this.#requestPaint();
    this.#events.onLasso?.({ points });
  }

  #clear() {
    if (this.#composition.picked) {
      this.#composition.picked = null;
      this.#fill(this.#paletteName);
      this.#requestPaint();
    }
    this.#events.onClear?.();
  }

  /** @param {Head | null} head */
  #focusHead(head) {
    this.#composition.focusedHead = head;
    this.#events.onHoverHead?.(head);
    this.#requestPaint();
  }

  /** @param {ViewState} view */
  #showFallback(view) {
    if (this.#surface.supported) return;
    const url = this.#events.fallbackImage?.(view) ?? null;
    this.#parts.fallback.hidden = url === null;
    if (url === null) return;
    this.#parts.fallback.src = url;
    this.#parts.fallback.alt = "Picture of this view, made by the server";
  }

  #size() {
    return { width: Math.max(1, this.#stage.clientWidth), height: Math.max(1, this.#stage.clientHeight) };
  }

  #resized() {
    const { picture, viewpoint } = this.#composition;
    if (!picture) return;
    this.#stopMotion();
    const { n_layers, n_heads } = picture.run.meta.model;
    viewpoint.arrange(n_layers, n_heads, this.#size());
    this.#paint();
  }

  #stopMotion() {
    if (this.#motion) this.#composition.viewpoint.approachHome(this.#motion.from, 1);
    this.#motion = null;
    this.#composition.companion = null;
  }

  /** @returns {Promise<void>} */
  #drawn() {
    return new Promise((resolve) => {
      this.#whenDrawn.push(resolve);
      this.#requestPaint();
    });
  }

  /** A page in the background gets no frames of animation, so it is painted at once. */
  #requestPaint() {
    if (this.#frame !== 0) return;
    if (document.hidden) this.#paint();
    else this.#frame = requestAnimationFrame(() => this.#paint());
  }

  #paint() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const composition = this.#composition;
    const { viewpoint } = composition;
    if (!composition.picture) return;
    this.#advance();
    const pixelRatio = devicePixelRatio;
    for (const canvas of [this.#parts.under, this.#parts.points, this.#parts.over]) sizeCanvas(canvas, viewpoint.stage, pixelRatio);
    this.#surface.draw(composition.pointFrame(pixelRatio));
    redraw(this.#parts.under, pixelRatio, (context) => composition.drawUnder(context));
    redraw(this.#parts.over, pixelRatio, (context) => composition.drawOver(context));
    const background = `color-mix(in srgb, ${composition.theme.background} 82%, transparent)`;
    this.#headings.show(viewpoint.head ? [] : placeHeadings(viewpoint), background);
    if (this.#motion) this.#requestPaint();
    else for (const resolve of this.#whenDrawn.splice(0)) resolve();
  }

  #advance() {
    const motion = this.#motion;
    if (!motion) return;
    const t = document.hidden ? 1 : motion.progress(performance.now());
    this.#composition.viewpoint.approachHome(motion.from, t);
    this.#composition.companion = { head: motion.companion, share: motion.leaving ? 1 - t : t };
    if (t >= 1) this.#stopMotion();
  }
}
