/** Colors of the style sheet as numbers, for canvases and exported pictures. */

/** @typedef {readonly [number, number, number]} Rgb 0..255 each */
/**
 * @typedef {object} Palette
 * @property {Rgb} text
 * @property {Rgb} muted
 * @property {Rgb} background
 * @property {Rgb} line
 * @property {Rgb} query
 * @property {Rgb} key
 */

const PROPERTIES = {
  text: "--av-pattern-text",
  muted: "--av-pattern-muted",
  background: "--av-pattern-background",
  line: "--av-pattern-line",
  query: "--av-pattern-query",
  key: "--av-pattern-key",
};

/**
 * The colors that a panel's properties have at an element: it must be in the document.
 *
 * @param {HTMLElement} element
 * @returns {Palette}
 */
export function paletteAt(element) {
  return colorsAt(element, PROPERTIES);
}

/**
 * Colors of the style sheet at an element: it must be in the document.
 *
 * @template {string} Name
 * @param {HTMLElement} element
 * @param {Readonly<Record<Name, string>>} properties custom properties
 * @returns {Record<Name, Rgb>}
 */
export function colorsAt(element, properties) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const probe = document.createElement("span");
  element.append(probe);
  const read = (/** @type {string} */ property) => {
    probe.style.color = `var(${property})`;
    if (!context) return /** @type {Rgb} */ ([0, 0, 0]);
    context.fillStyle = getComputedStyle(probe).color;
    context.fillRect(0, 0, 1, 1);
    const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
    return /** @type {Rgb} */ ([red, green, blue]);
  };
  const names = /** @type {Name[]} */ (Object.keys(properties));
  const colors = names.map((name) => [name, read(properties[name])]);
  probe.remove();
  return Object.fromEntries(colors);
}

/**
 * @param {Rgb} color
 * @returns {string} #rrggbb
 */
export function hex(color) {
  return `#${color.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/**
 * @param {Rgb} from share 0
 * @param {Rgb} to share 1
 * @param {number} share
 * @returns {Rgb}
 */
export function mix(from, to, share) {
  const part = (/** @type {number} */ index) => Math.round(from[index] + (to[index] - from[index]) * share);
  return [part(0), part(1), part(2)];
}
