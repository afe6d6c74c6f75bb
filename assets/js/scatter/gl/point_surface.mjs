import { PointLayer } from "./point_layer.mjs";

/**
 * @typedef {import("./point_layer.mjs").PointFrame} PointFrame
 * @typedef {import("../camera/head_points.mjs").Cloud} Cloud
 * @typedef {{cloud: Cloud, headColors: Uint8Array | null, table: Uint8Array, palette: Uint8Array,
 *   pieces: import("./sprites.mjs").Pieces | null}} Contents
 *   what the graphics card holds; a part is sent again only when it is another array
 */

/** The canvas of the points; survives the loss of its WebGL context. */
export class PointSurface {
  #canvas;
  #gl;
  /** @type {PointLayer | null} */
  #layer = null;
  /** @type {Contents | null} */
  #contents = null;
  #controller = new AbortController();

  /** @type {string | null} why this browser cannot draw points, in a sentence */
  failure = null;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {() => void} onRestored called when a lost context is back and filled again
   */
  constructor(canvas, onRestored) {
    this.#canvas = canvas;
    this.#gl = canvas.getContext("webgl2", {
      antialias: false,
      alpha: true,
      premultipliedAlpha: true,
      powerPreference: "high-performance",
    });
    if (!this.#gl) {
      this.failure =
        "This browser cannot draw with WebGL 2, so points cannot be shown live; update the browser or turn on hardware acceleration.";
      return;
    }
    const { signal } = this.#controller;
    canvas.addEventListener("webglcontextlost", (event) => this.#lost(event), { signal });
    canvas.addEventListener("webglcontextrestored", () => this.#restored(onRestored), { signal });
    try {
      this.#layer = new PointLayer(this.#gl);
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
  }

  /** @param {Contents} contents */
  fill(contents) {
    const before = this.#contents;
    this.#contents = contents;
    if (this.#layer) send(this.#layer, contents, before);
  }

  /** @param {PointFrame} frame */
  draw(frame) {
    if (this.#contents) this.#layer?.draw(frame);
  }

  dispose() {
    this.#controller.abort();
    this.#layer?.dispose();
    this.#layer = null;
    this.#gl?.getExtension("WEBGL_lose_context")?.loseContext();
    this.#canvas.width = this.#canvas.height = 1;
  }

  /** @param {Event} event */
  #lost(event) {
    event.preventDefault();
    this.#layer = null;
  }

  /** @param {() => void} onRestored */
  #restored(onRestored) {
    if (!this.#gl) return;
    this.#layer = new PointLayer(this.#gl);
    if (this.#contents) send(this.#layer, this.#contents, null);
    onRestored();
  }
}

/**
 * @param {PointLayer} layer
 * @param {Contents} contents
 * @param {Contents | null} before what the layer holds already
 */
function send(layer, contents, before) {
  const { cloud, headColors, table, palette, pieces } = contents;
  if (cloud.coords !== before?.cloud.coords) layer.setCoords(cloud.coords, cloud.dims, cloud.pointsPerHead);
  if (headColors !== before?.headColors) layer.setHeadColors(headColors);
  if (table !== before?.table) layer.setTable(table);
  if (palette !== before?.palette) layer.setPalette(palette);
  if (pieces && pieces !== before?.pieces) layer.setPieces(pieces);
}
