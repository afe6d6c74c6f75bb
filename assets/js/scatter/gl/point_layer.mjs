import { cellOrigin } from "../camera/cells.mjs";
import { pan, toScreen } from "../camera/camera2d.mjs";
import { SpriteTextures } from "./sprite_textures.mjs";
import { MARKS, RINGS, TABLE_WIDTH, compileProgram } from "./shaders.mjs";

/**
 * @typedef {import("../theme.mjs").Rgb} Rgb
 * @typedef {import("../camera/cells.mjs").Layout} Layout
 * @typedef {import("../camera/camera2d.mjs").Camera} Camera
 * @typedef {import("./point_style.mjs").PointStyle} PointStyle
 * @typedef {{layout: Layout, camera: Camera, stage: {width: number, height: number}, pixelRatio: number,
 *   rotation: Float32Array | null, style: PointStyle, fading: boolean, severalTerms: boolean, background: Rgb, fade: Rgb,
 *   rings: Rgb[], passes: import("../motion.mjs").DrawPass[]}} PointFrame
 */

/** @typedef {{program: WebGLProgram, uniforms: Map<string, WebGLUniformLocation | null>}} Program */

const IDENTITY = new Float32Array([1, 0, 0, 0, 1, 0, 0, 0, 1]);

/**
 * The points of all heads on the graphics card: a buffer of coordinates, a table of point styles, a palette, and the
 * sprites of images.
 */
export class PointLayer {
  #gl;
  /** @type {Map<boolean, Program>} for dots and for patches, compiled on first use */
  #programs = new Map();
  /** @type {Program} */
  #program;
  #coords;
  #headColors;
  #trust;
  #table;
  #palette;
  #sprites;
  #pointsPerHead = 0;
  #dims = 2;
  #byHead = false;
  /** Byte of trust below which points fade; 0 fades none. */
  #trustFrom = 0;

  /** @param {WebGL2RenderingContext} gl */
  constructor(gl) {
    this.#gl = gl;
    this.#coords = gl.createBuffer();
    this.#headColors = gl.createBuffer();
    this.#trust = gl.createBuffer();
    this.#table = nearestTexture(gl);
    this.#palette = nearestTexture(gl);
    this.#sprites = new SpriteTextures(gl);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.depthFunc(gl.LEQUAL);
    this.#program = this.#use(false);
  }

  /**
   * @param {Uint16Array} coords [heads, points, dims] in draw order
   * @param {number} dims
   * @param {number} pointsPerHead
   */
  setCoords(coords, dims, pointsPerHead) {
    const gl = this.#gl;
    this.#dims = dims;
    this.#pointsPerHead = pointsPerHead;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#coords);
    gl.bufferData(gl.ARRAY_BUFFER, coords, gl.STATIC_DRAW);
  }

  /** @param {Uint8Array | null} colors [heads, points] in draw order; null when all heads share the table's colors */
  setHeadColors(colors) {
    const gl = this.#gl;
    this.#byHead = colors !== null;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#headColors);
    gl.bufferData(gl.ARRAY_BUFFER, colors ?? new Uint8Array(0), gl.STATIC_DRAW);
  }

  /** @param {import("../trust.mjs").TrustLevel | null} trust null where no point fades */
  setTrust(trust) {
    const gl = this.#gl;
    this.#trustFrom = trust?.from ?? 0;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#trust);
    gl.bufferData(gl.ARRAY_BUFFER, trust?.values ?? new Uint8Array(0), gl.STATIC_DRAW);
  }

  /** @param {Uint8Array} styles [rows * TABLE_WIDTH, 4]: color, side, emphasis, size of each point in draw order */
  setTable(styles) {
    const gl = this.#gl;
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.#table);
    const rows = styles.length / (4 * TABLE_WIDTH);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8UI, TABLE_WIDTH, rows, 0, gl.RGBA_INTEGER, gl.UNSIGNED_BYTE, styles);
  }

  /** @param {Uint8Array} texels [2, 256, 4] */
  setPalette(texels) {
    const gl = this.#gl;
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, this.#palette);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 256, 2, 0, gl.RGBA, gl.UNSIGNED_BYTE, texels);
  }

  /** @param {import("./sprites.mjs").Sprites} sprites */
  setSprites(sprites) {
    this.#sprites.set(sprites);
  }

  /**
   * The viewport is a little larger than the stage, because WebGL drops a point when its center leaves the viewport.
   *
   * @param {PointFrame} frame
   */
  draw(frame) {
    const gl = this.#gl;
    const { layout, camera, stage, style, pixelRatio } = frame;
    this.#use(style.mark !== "dot");
    const margin = Math.ceil(style.emphasized);
    const beyond = margin * pixelRatio;
    gl.viewport(-beyond, -beyond, gl.drawingBufferWidth + 2 * beyond, gl.drawingBufferHeight + 2 * beyond);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    if (frame.fading || frame.rotation || this.#trustFrom > 0) gl.enable(gl.DEPTH_TEST);
    else gl.disable(gl.DEPTH_TEST);
    const u = (/** @type {string} */ name) => this.#uniform(name);
    gl.uniform1i(u("pointsPerHead"), this.#pointsPerHead);
    gl.uniform1i(u("headsPerRow"), layout.nHeads);
    gl.uniform1i(u("rowsPerBand"), layout.rowsPerBand);
    gl.uniform1f(u("bandPitch"), layout.bandPitch);
    gl.uniform1f(u("cellSize"), camera.k);
    gl.uniform2f(u("stage"), stage.width + 2 * margin, stage.height + 2 * margin);
    gl.uniform1f(u("pixelRatio"), pixelRatio);
    gl.uniform1i(u("spatial"), frame.rotation ? 1 : 0);
    gl.uniformMatrix3fv(u("rotation"), false, frame.rotation ?? IDENTITY);
    gl.uniform1i(u("colorByHead"), this.#byHead ? 1 : 0);
    gl.uniform1i(u("fading"), frame.fading ? 1 : 0);
    gl.uniform1f(u("trustFrom"), this.#trustFrom);
    gl.uniform1i(u("severalTerms"), frame.severalTerms ? 1 : 0);
    gl.uniform1f(u("size"), style.size);
    gl.uniform1f(u("emphasizedSize"), style.emphasized);
    gl.uniform1f(u("alpha"), style.alpha);
    gl.uniform1i(u("mark"), MARKS[style.mark]);
    gl.uniform1f(u("frame"), style.frame);
    const { layout: tiles, shape } = this.#sprites;
    gl.uniform3i(u("tiles"), tiles.columns, tiles.rows, tiles.tile);
    gl.uniform2f(u("shape"), ...shape);
    gl.uniform3fv(u("background"), frame.background);
    gl.uniform3fv(u("fadeColor"), frame.fade);
    gl.uniform3fv(u("rings"), frame.rings.slice(0, RINGS).flat());
    const seen = pan(camera, margin, margin);
    for (const { runs, opacity } of frame.passes) {
      gl.uniform1f(u("opacity"), opacity);
      for (const run of runs) this.#drawRun(run, layout, seen);
    }
  }

  /** Release all resources; the caller owns the context. */
  dispose() {
    const gl = this.#gl;
    gl.deleteBuffer(this.#coords);
    gl.deleteBuffer(this.#headColors);
    gl.deleteBuffer(this.#trust);
    gl.deleteTexture(this.#table);
    gl.deleteTexture(this.#palette);
    this.#sprites.dispose();
    for (const { program } of this.#programs.values()) gl.deleteProgram(program);
  }

  /**
   * Attributes start at the run's first head and vertex numbers at 0, which avoids large numbers in the shader and
   * differences between drivers in the base of gl_VertexID.
   *
   * @param {{first: number, count: number}} run
   * @param {Layout} layout
   * @param {Camera} camera
   */
  #drawRun({ first, count }, layout, camera) {
    const gl = this.#gl;
    const start = first * this.#pointsPerHead;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#coords);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, this.#dims, gl.UNSIGNED_SHORT, true, 2 * this.#dims, start * this.#dims * 2);
    this.#bindBytes(1, this.#byHead ? this.#headColors : null, start);
    this.#bindBytes(2, this.#trustFrom > 0 ? this.#trust : null, start);
    const [x, y] = cellOrigin(layout, Math.floor(first / layout.nHeads), first % layout.nHeads);
    gl.uniform2f(this.#uniform("origin"), ...toScreen(camera, x, y));
    gl.drawArrays(gl.POINTS, 0, count * this.#pointsPerHead);
  }

  /**
   * Read an attribute from a buffer with one byte per point; null for none.
   *
   * @param {number} location
   * @param {WebGLBuffer | null} buffer
   * @param {number} start first point
   */
  #bindBytes(location, buffer, start) {
    const gl = this.#gl;
    if (!buffer) {
      gl.disableVertexAttribArray(location);
      return;
    }
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(location);
    gl.vertexAttribPointer(location, 1, gl.UNSIGNED_BYTE, false, 1, start);
  }

  /**
   * @param {boolean} patches
   * @returns {Program} now in use
   */
  #use(patches) {
    const gl = this.#gl;
    const compiled = this.#programs.get(patches);
    const program = compiled ?? { program: compileProgram(gl, patches), uniforms: new Map() };
    this.#programs.set(patches, program);
    this.#program = program;
    gl.useProgram(program.program);
    if (compiled) return program;
    gl.uniform1i(this.#uniform("table"), 0);
    gl.uniform1i(this.#uniform("palette"), 1);
    gl.uniform1f(this.#uniform("largestPoint"), gl.getParameter(gl.ALIASED_POINT_SIZE_RANGE)[1] - 1);
    for (const [sampler, unit] of Object.entries(this.#sprites.units)) gl.uniform1i(this.#uniform(sampler), unit);
    return program;
  }

  /** @param {string} name */
  #uniform(name) {
    const { program, uniforms } = this.#program;
    let location = uniforms.get(name);
    if (location === undefined) {
      location = this.#gl.getUniformLocation(program, name);
      uniforms.set(name, location);
    }
    return location;
  }
}

/**
 * @param {WebGL2RenderingContext} gl
 * @returns {WebGLTexture}
 */
function nearestTexture(gl) {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER])
    gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST);
  for (const wrap of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, wrap, gl.CLAMP_TO_EDGE);
  return texture;
}
