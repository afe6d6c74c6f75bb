import { cellOrigin } from "./camera/cells.mjs";
import { toScreen } from "./camera/camera2d.mjs";
import { drawPasses } from "./motion.mjs";
import { CLICKED, CLICKED_SCALE, HIDDEN, emphasize } from "./emphasis.mjs";
import { HeadGeometry, pointPosition } from "./camera/head_geometry.mjs";
import { REPEATED_FROM, labelLimit, placeLabels } from "./overlay/labels.mjs";
import { labelCandidates, labelText, textMeter } from "./overlay/label_texts.mjs";
import { drawFrames, drawLabels, drawLines, drawRegion, drawRing, drawTint } from "./overlay/overlay.mjs";
import { ICON } from "./gl/sprites.mjs";
import { selectionOf } from "./picture.mjs";
import { patchStyle, pointStyle } from "./gl/point_style.mjs";
import { readTheme, rgbOf } from "./theme.mjs";
import { Viewpoint } from "./camera/viewpoint.mjs";

/**
 * @typedef {import("./picture.mjs").Picture} Picture
 * @typedef {import("./camera/cells.mjs").Head} Head
 * @typedef {import("./overlay/labels.mjs").Label} Label
 * @typedef {import("./theme.mjs").Theme} Theme
 * @typedef {import("./gl/point_layer.mjs").PointFrame} PointFrame
 * @typedef {import("../data/run_meta.mjs").Line} Line
 * @typedef {import("../data/run_meta.mjs").TokenRef} TokenRef  tokens are counted over the run
 */

/** Smallest cell with a frame, in pixels: below, frames would cover the points. */
const SMALLEST_FRAME = 12;

/** State of the scatterplot and how its parts are drawn; independent of the page and the graphics card. */
export class Composition {
  viewpoint = new Viewpoint();
  geometry = new HeadGeometry();
  emphasis = emphasize(0, {});
  /** @type {Label[]} */
  labels = [];
  /** @type {Line[]} */
  lines = [];
  /** @type {TokenRef | null} */
  hoveredPoint = null;
  /** @type {Head | null} */
  hoveredHead = null;
  /** @type {Head | null} */
  focusedHead = null;
  /** @type {readonly (readonly [number, number])[] | null} */
  region = null;
  /** @type {{values: Float32Array, ramp: string[]} | null} */
  tint = null;
  /** @type {Uint32Array | null} points picked with the lasso */
  picked = null;
  /** @type {readonly boolean[] | null} tokens that are not drawn */
  hidden = null;
  /** @type {{hits: Uint8Array, terms: {term: string}[]} | null} */
  searchResult = null;
  /** @type {{head: Head, share: number} | null} head that stays visible while its neighbors fade in or out */
  companion = null;
  /** @type {Picture | null} */
  picture = null;
  #measure = textMeter();

  /** @type {Theme} */
  theme = readTheme();

  /** Compute which points are emphasized. */
  updateEmphasis() {
    if (!this.picture) return;
    const found = this.searchResult && this.searchResult.terms.length > 0 ? this.searchResult.hits : null;
    this.emphasis = emphasize(this.picture.tokens.tokens.length, {
      picked: this.picked,
      selection: selectionOf(this.picture),
      hits: found,
      hidden: this.hidden,
    });
  }

  /** Current size and opacity of points. */
  get style() {
    const { side, homeSide } = this.viewpoint;
    const points = this.picture?.cloud.pointsPerHead ?? 0;
    const head = { points, emphasized: this.emphasis.count, side, homeSide };
    if (!this.picture?.sprites) return pointStyle(head);
    const { encoding, view } = this.picture;
    const sideOnly = encoding.kind === "patch";
    return patchStyle({ ...head, sideOnly, filled: view.filled === true });
  }

  /**
   * State of one frame of the point layer.
   *
   * @param {number} pixelRatio
   * @returns {PointFrame}
   */
  pointFrame(pixelRatio) {
    const { layout, camera, stage, rotation } = this.viewpoint;
    return {
      layout,
      camera,
      stage,
      pixelRatio,
      rotation,
      style: this.style,
      fading: this.emphasis.active,
      severalTerms: (this.searchResult?.terms.length ?? 0) > 1,
      background: rgbOf(this.theme.background),
      fade: rgbOf(this.theme.fade),
      rings: [this.theme.text, ...this.theme.terms].map(rgbOf),
      passes: drawPasses(this.viewpoint, this.companion),
    };
  }

  /**
   * Draw frames and tints of the cells.
   *
   * @param {CanvasRenderingContext2D} context
   * @returns {boolean} whether there was anything to draw
   */
  drawUnder(context) {
    const { viewpoint, theme, tint } = this;
    if (viewpoint.head && !this.companion) return false;
    const opacity = this.companion?.share ?? 1;
    const heads = viewpoint
      .neighborRuns()
      .flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i));
    if (viewpoint.camera.k >= SMALLEST_FRAME) {
      drawFrames(
        context,
        heads.map((head) => this.#cell(head)),
        { color: theme.frame, width: 1, opacity },
      );
    }
    for (const head of tint ? heads : []) {
      const value = tint?.values[head] ?? NaN;
      if (tint && Number.isFinite(value)) drawTint(context, this.#cell(head), tint.ramp, value);
    }
    return heads.length > 0;
  }

  /**
   * Draw attention lines, labels and the marks of pointer and keyboard.
   *
   * @param {CanvasRenderingContext2D} context
   * @returns {boolean} whether there was anything to draw
   */
  drawOver(context) {
    const { picture, viewpoint, theme } = this;
    this.labels = [];
    if (!picture) return false;
    const framed = viewpoint.head ? [] : this.#drawMarkedHeads(context);
    const alone = this.companion ? null : viewpoint.head;
    const segments = alone ? this.segments(alone.layer, alone.head) : [];
    drawLines(context, segments, theme);
    if (alone && picture.view.labels) {
      this.labels = this.#placeLabels(alone.layer, alone.head);
      drawLabels(context, this.labels, theme, (vertex) => picture.order[vertex] >= picture.order.length / 2);
    }
    const ringed = this.#drawHovered(context);
    if (this.region) drawRegion(context, this.region, theme);
    return framed.length + segments.length + this.labels.length > 0 || ringed || this.region !== null;
  }

  /** @param {CanvasRenderingContext2D} context */
  #drawMarkedHeads(context) {
    const marked = [
      { head: this.hoveredHead, color: this.theme.text, width: 1 },
      { head: this.focusedHead, color: this.theme.focus, width: 2 },
    ].filter(({ head }) => head !== null);
    for (const { head, color, width } of marked) {
      const { layer, head: column } = /** @type {Head} */ (head);
      drawFrames(context, [this.#cell(layer * this.viewpoint.layout.nHeads + column)], { color, width, opacity: 1 });
    }
    return marked;
  }

  /**
   * Compute the position of a point on the stage.
   *
   * @param {number} layer
   * @param {number} head
   * @param {number} vertex
   * @returns {[number, number]}
   */
  screenOf(layer, head, vertex) {
    const { picture, viewpoint } = this;
    if (!picture) return [NaN, NaN];
    const square = viewpoint.squareOf(layer, head);
    const [x, y] = pointPosition(picture.cloud, layer * viewpoint.layout.nHeads + head, vertex, viewpoint.rotation);
    return [square.x + x * square.width, square.y + y * square.height];
  }

  /**
   * Vertex of a token's query or key.
   *
   * @param {TokenRef} point
   */
  vertexOf({ token, side }) {
    const nTokens = (this.picture?.order.length ?? 0) / 2;
    return this.picture?.vertexOf[token + (side === "key" ? nTokens : 0)] ?? -1;
  }

  /**
   * The attention lines on the stage.
   *
   * @param {number} layer
   * @param {number} head
   */
  segments(layer, head) {
    return this.lines.map(({ query, key, weight }) => {
      const [x1, y1] = this.screenOf(layer, head, this.vertexOf({ token: query, side: "query" }));
      const [x2, y2] = this.screenOf(layer, head, this.vertexOf({ token: key, side: "key" }));
      return { x1, y1, x2, y2, weight };
    });
  }

  /**
   * @param {number} layer
   * @param {number} head
   */
  #placeLabels(layer, head) {
    const { viewpoint, emphasis } = this;
    const picture = /** @type {Picture} */ (this.picture);
    this.geometry.select(picture.cloud, viewpoint.rotation);
    const number = layer * viewpoint.layout.nHeads + head;
    const positions = this.geometry.positions(number);
    const square = viewpoint.squareOf(layer, head);
    const selection = selectionOf(picture);
    const { size, emphasized } = this.style;
    return placeLabels(labelCandidates(picture, emphasis, number * picture.order.length), {
      position: (vertex) => [
        square.x + positions[2 * vertex] * square.width,
        square.y + positions[2 * vertex + 1] * square.height,
      ],
      text: (vertex) => labelText(picture, selection, picture.order[vertex]),
      width: this.#measure,
      stage: viewpoint.stage,
      gap: (vertex) => {
        const clicked = emphasis.codes[picture.order[vertex]] === CLICKED;
        return ((emphasis.active ? emphasized : size) * (clicked ? CLICKED_SCALE : 1)) / 2 + 3;
      },
      ...(emphasis.active ? {} : { limit: labelLimit(viewpoint.zoomLevel), apart: REPEATED_FROM }),
    });
  }

  /** @param {CanvasRenderingContext2D} context */
  #drawHovered(context) {
    const { hoveredPoint, viewpoint } = this;
    const head = viewpoint.head ?? this.hoveredHead;
    if (!hoveredPoint || !head || this.companion) return false;
    const vertex = this.vertexOf(hoveredPoint);
    if (vertex < 0 || this.emphasis.codes[this.picture?.order[vertex] ?? 0] === HIDDEN) return false;
    const [x, y] = this.screenOf(head.layer, head.head, vertex);
    const { size, mark } = this.style;
    drawRing(context, x, y, Math.max(4.5, size / 2 + 3), this.theme, mark !== "dot" && !this.#isIcon(vertex));
    return true;
  }

  /** @param {number} vertex */
  #isIcon(vertex) {
    return this.picture?.sprites ? this.picture.sprites.table[vertex] >= ICON : false;
  }

  /** @param {number} head counted row by row */
  #cell(head) {
    const { layout, camera } = this.viewpoint;
    const [x, y] = toScreen(camera, ...cellOrigin(layout, Math.floor(head / layout.nHeads), head % layout.nHeads));
    return { x, y, width: camera.k, height: camera.k };
  }
}
