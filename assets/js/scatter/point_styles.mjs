import { TABLE_WIDTH } from "./gl/shaders.mjs";
import { paletteTexels } from "./theme.mjs";

/**
 * @typedef {import("./composition.mjs").Composition} Composition
 * @typedef {import("./gl/point_surface.mjs").PointSurface} PointSurface
 * @typedef {import("./picture.mjs").Picture} Picture
 * @typedef {import("../data/run_meta.mjs").PaletteName} PaletteName
 */

/** Sends the styles of points (color, emphasis, size, palette) to the graphics card. */
export class PointStyles {
  #composition;
  #surface;
  /** @type {PaletteName} */
  #name = "standard";
  #key = "";
  /** @type {Uint8Array | null} texels [2, 256, 4] of the current palette */
  palette = null;

  /**
   * @param {Composition} composition
   * @param {PointSurface} surface
   */
  constructor(composition, surface) {
    this.#composition = composition;
    this.#surface = surface;
  }

  /**
   * Update the emphasis and send what changed.
   *
   * @param {PaletteName} [name] default: the current palette
   */
  update(name = this.#name) {
    const { picture } = this.#composition;
    if (!picture) return;
    this.#composition.updateEmphasis();
    const { encoding, cloud, colors, run, trust, sprites } = picture;
    const key = `${run.meta.run} ${encoding.name} ${name}`;
    const palette = this.palette && key === this.#key ? this.palette : paletteTexels(encoding.palettes[name]);
    this.#name = name;
    this.#key = key;
    this.palette = palette;
    const table = tableOf(picture, this.#composition.emphasis.codes);
    this.#surface.fill({ cloud, headColors: encoding.per_head ? colors : null, trust, table, palette, sprites });
  }
}

/**
 * Fill the table of point styles that the shader reads: color byte, side, emphasis code and size of every vertex.
 *
 * @param {Picture} picture
 * @param {Uint8Array} codes emphasis codes, in point order
 * @returns {Uint8Array} [rows * TABLE_WIDTH, 4]
 */
export function tableOf({ order, encoding, colors, sizes }, codes) {
  const table = new Uint8Array(Math.ceil(order.length / TABLE_WIDTH) * TABLE_WIDTH * 4);
  const keysFrom = order.length / 2;
  for (let vertex = 0, at = 0; vertex < order.length; vertex++, at += 4) {
    const point = order[vertex];
    table[at] = encoding.per_head ? 0 : colors[point];
    table[at + 1] = point < keysFrom ? 0 : 1;
    table[at + 2] = codes[point];
    table[at + 3] = sizes ? sizes[point] : 128;
  }
  return table;
}
