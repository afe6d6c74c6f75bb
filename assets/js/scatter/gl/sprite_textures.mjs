import { atlasLayout, pageTexels } from "./atlas.mjs";
import { ICON_SIDE, TABLE_WIDTH } from "./shaders.mjs";
import { iconMasks } from "./sprites.mjs";

/**
 * @typedef {import("./sprites.mjs").Sprites} Sprites
 * @typedef {import("./atlas.mjs").AtlasLayout} AtlasLayout
 */

/** Texture units, after those of the point table and the palette. */
export const SPRITES_UNIT = 2;
const ATLAS_UNIT = 3;
const ICONS_UNIT = 4;

/** Patches, icons and the sprite of each vertex on the graphics card. */
export class SpriteTextures {
  #gl;
  #table;
  #atlas;
  #icons;
  /** @type {AtlasLayout} */
  layout = { tile: 1, columns: 1, rows: 1, pages: 1 };
  /** @type {[number, number]} width and height of a patch, the longer one 1 */
  shape = [1, 1];

  /**
   * Create textures of one texel: a sampler needs a texture even when nothing samples it.
   *
   * @param {WebGL2RenderingContext} gl
   */
  constructor(gl) {
    this.#gl = gl;
    this.#table = gl.createTexture();
    this.#atlas = gl.createTexture();
    this.#icons = gl.createTexture();
    this.#sendTable(new Uint32Array(TABLE_WIDTH));
    this.#startPages(this.#atlas, ATLAS_UNIT, gl.RGBA8, 1, 1, 1, 1);
    this.#startPages(this.#icons, ICONS_UNIT, gl.R8, 1, 1, 1, 1);
  }

  /**
   * @param {Sprites} sprites
   */
  set({ table, pictures, grid, patches, icons }) {
    const gl = this.#gl;
    const patch = { width: Math.floor(pictures.width / grid[1]), height: Math.floor(pictures.height / grid[0]) };
    const limits = {
      side: gl.getParameter(gl.MAX_TEXTURE_SIZE),
      pages: gl.getParameter(gl.MAX_ARRAY_TEXTURE_LAYERS),
    };
    const layout = atlasLayout(patches, patch, limits);
    const longer = Math.max(patch.width, patch.height);
    this.layout = layout;
    this.shape = [patch.width / longer, patch.height / longer];
    this.#sendTable(table);
    this.#atlas = this.#renewed(this.#atlas);
    const [width, height] = [layout.columns * layout.tile, layout.rows * layout.tile];
    this.#startPages(this.#atlas, ATLAS_UNIT, gl.RGBA8, Math.log2(layout.tile) + 1, width, height, layout.pages);
    for (let page = 0; page < layout.pages; page++) {
      const texels = pageTexels(pictures, grid, layout, page);
      gl.texSubImage3D(gl.TEXTURE_2D_ARRAY, 0, 0, 0, page, width, height, 1, gl.RGBA, gl.UNSIGNED_BYTE, texels);
    }
    gl.generateMipmap(gl.TEXTURE_2D_ARRAY);
    this.#icons = this.#renewed(this.#icons);
    const levels = Math.log2(ICON_SIDE) + 1;
    this.#startPages(this.#icons, ICONS_UNIT, gl.R8, levels, ICON_SIDE, ICON_SIDE, Math.max(1, icons.length));
    if (icons.length > 0) {
      const size = /** @type {const} */ ([ICON_SIDE, ICON_SIDE, icons.length]);
      gl.texSubImage3D(gl.TEXTURE_2D_ARRAY, 0, 0, 0, 0, ...size, gl.RED, gl.UNSIGNED_BYTE, iconMasks(icons));
      gl.generateMipmap(gl.TEXTURE_2D_ARRAY);
    }
  }

  /** The texture unit of each sampler. @returns {Record<string, number>} */
  get units() {
    return { sprites: SPRITES_UNIT, atlas: ATLAS_UNIT, icons: ICONS_UNIT };
  }

  dispose() {
    for (const texture of [this.#table, this.#atlas, this.#icons]) this.#gl.deleteTexture(texture);
  }

  /** @param {Uint32Array} table */
  #sendTable(table) {
    const gl = this.#gl;
    gl.activeTexture(gl.TEXTURE0 + SPRITES_UNIT);
    gl.bindTexture(gl.TEXTURE_2D, this.#table);
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER])
      gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST);
    const rows = table.length / TABLE_WIDTH;
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R32UI, TABLE_WIDTH, rows, 0, gl.RED_INTEGER, gl.UNSIGNED_INT, table);
  }

  /**
   * @param {WebGLTexture} texture
   * @param {number} unit
   * @param {number} format
   * @param {number} levels
   * @param {number} width
   * @param {number} height
   * @param {number} pages
   */
  #startPages(texture, unit, format, levels, width, height, pages) {
    const gl = this.#gl;
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, texture);
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, levels, format, width, height, pages);
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
    for (const wrap of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T])
      gl.texParameteri(gl.TEXTURE_2D_ARRAY, wrap, gl.CLAMP_TO_EDGE);
  }

  /**
   * Replace a texture whose size is fixed.
   *
   * @param {WebGLTexture} texture
   */
  #renewed(texture) {
    this.#gl.deleteTexture(texture);
    return this.#gl.createTexture();
  }
}
