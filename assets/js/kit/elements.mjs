/** Elements of the page: short constructors, a check box, pixels on a canvas. Text always becomes a text node. */

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {{bytes: Uint8Array, width: number, height: number}} Pixels red, green and blue of every pixel, row by row */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(Node|string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function html(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/**
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string|number>} [attributes]
 * @returns {SVGElementTagNameMap[K]}
 */
export function svg(tag, attributes = {}) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

/**
 * @param {string} text
 * @param {Record<string, string>} attributes
 * @param {() => void} act on a click
 * @returns {HTMLButtonElement}
 */
export function button(text, attributes, act) {
  const element = html("button", { type: "button", ...attributes }, text);
  element.addEventListener("click", act);
  return element;
}

/** A labeled check box; "some" is the indeterminate state of a box for several things. */
export class Checkbox {
  #input;
  #text = html("bdi");

  /**
   * @param {string} testId
   * @param {(on: boolean) => void} onChange
   */
  constructor(testId, onChange) {
    this.#input = html("input", { type: "checkbox", "data-testid": testId });
    this.#input.addEventListener("change", () => onChange(this.#input.checked));
    this.element = html("label", { class: "av-check" }, this.#input, this.#text);
  }

  /** @param {boolean} offered */
  set offered(offered) {
    this.element.hidden = !offered;
  }

  /** @param {string} label */
  set label(label) {
    this.#text.textContent = label;
  }

  /** @param {"all"|"some"|"none"} state */
  set state(state) {
    this.#input.checked = state === "all";
    this.#input.indeterminate = state === "some";
  }
}

/**
 * @param {Pixels} pixels
 * @returns {HTMLCanvasElement} one canvas pixel per pixel
 */
export function pixelCanvas({ bytes, width, height }) {
  const canvas = emptyCanvas({ width, height });
  canvas.getContext("2d")?.putImageData(new ImageData(opaquePixels(bytes), width, height), 0, 0);
  return canvas;
}

/**
 * @param {{width: number, height: number}} size
 * @returns {HTMLCanvasElement} transparent
 */
export function emptyCanvas({ width, height }) {
  return html("canvas", { width: String(width), height: String(height) });
}

/**
 * @param {Uint8Array} bytes [pixels * 3], red, green, blue
 * @returns {Uint8ClampedArray<ArrayBuffer>} [pixels * 4], with an alpha of 255
 */
export function opaquePixels(bytes) {
  const pixels = new Uint8ClampedArray((bytes.length / 3) * 4).fill(255);
  for (let pixel = 0; pixel < bytes.length / 3; pixel++) {
    for (let part = 0; part < 3; part++) pixels[4 * pixel + part] = bytes[3 * pixel + part];
  }
  return pixels;
}
