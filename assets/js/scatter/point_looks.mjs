import { tableOf } from "./picture.mjs";
import { paletteTexels } from "./theme.mjs";

/**
 * @typedef {import("./composition.mjs").Composition} Composition
 * @typedef {import("./gl/point_surface.mjs").PointSurface} PointSurface
 * @typedef {import("../data/run_meta.mjs").PaletteName} PaletteName
 */

/** Hands the looks of the points (color, emphasis, size, palette) to the graphics card. */
export class Looks {
  #composition;
  #surface;
  /** @type {PaletteName} */
  #name = "standard";
  #key = "";
  /** @type {Uint8Array | null} texels [2, 256, 4] of the palette in use */
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
   * Works out again which points stand out, and sends what changed.
   *
   * @param {PaletteName} [name] the palette so far without it
   */
  update(name = this.#name) {
    const { picture } = this.#composition;
    if (!picture) return;
    this.#composition.updateEmphasis();
    const { encoding, cloud, colors, run, pieces } = picture;
    const key = `${run.meta.run} ${encoding.name} ${name}`;
    const palette = this.palette && key === this.#key ? this.palette : paletteTexels(encoding.palettes[name]);
    this.#name = name;
    this.#key = key;
    this.palette = palette;
    const table = tableOf(picture, this.#composition.emphasis.codes);
    this.#surface.fill({ cloud, headColors: encoding.per_head ? colors : null, table, palette, pieces });
  }
}
