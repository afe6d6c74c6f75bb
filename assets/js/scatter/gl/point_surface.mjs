import { PointLayer } from "./point_layer.mjs";

/**
 * @typedef {import("./point_layer.mjs").PointFrame} PointFrame
 * @typedef {import("../camera/head_geometry.mjs").Cloud} Cloud
 * @typedef {{cloud: Cloud, headColors: Uint8Array | null, trust: import("../trust.mjs").TrustLevel | null, table: Uint8Array, palette: Uint8Array,
 *   sprites: import("./sprites.mjs").Sprites | null}} Contents
 *   content of the graphics card; a part is sent again only if its array changed
 */

/** Canvas of the points; it recovers from the loss of its WebGL context. */
export class PointSurface {
  #canvas;
  #gl;
  /** @type {PointLayer | null} */
  #layer = null;
  /** @type {Contents | null} */
  #contents = null;
  #controller = new AbortController();

  /** @type {string | null} message for a browser that cannot draw points */
  failure = null;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {() => void} onRestored called after a lost context is restored and filled
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
        "This browser cannot draw with WebGL 2. Update the browser or turn on hardware acceleration.";
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
 * @param {Contents | null} before current content of the layer
 */
function send(layer, contents, before) {
  const { cloud, headColors, trust, table, palette, sprites } = contents;
  if (cloud.coords !== before?.cloud.coords) layer.setCoords(cloud.coords, cloud.dims, cloud.pointsPerHead);
  if (headColors !== before?.headColors) layer.setHeadColors(headColors);
  if (trust?.values !== before?.trust?.values || trust?.from !== before?.trust?.from) layer.setTrust(trust);
  if (table !== before?.table) layer.setTable(table);
  if (palette !== before?.palette) layer.setPalette(palette);
  if (sprites && sprites !== before?.sprites) layer.setSprites(sprites);
}
