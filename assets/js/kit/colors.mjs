/** Colors of the style sheet (assets/css/tokens.css) as numbers, for canvases and exported pictures. */

/** @typedef {readonly [number, number, number]} Rgb 0..255 each */
/** @typedef {Readonly<Record<keyof typeof PANEL_TOKENS, Rgb>>} Palette */
/** @typedef {Readonly<Record<keyof typeof IMAGE_TOKENS, string>>} ImageColors #rrggbb */

const PANEL_TOKENS = Object.freeze({
  text: "--av-text",
  muted: "--av-pattern-muted",
  background: "--av-bg",
  line: "--av-pattern-line",
  query: "--av-pattern-query",
  key: "--av-pattern-key",
});
const IMAGE_TOKENS = Object.freeze({
  text: "--av-text",
  muted: "--av-pattern-muted",
  background: "--av-bg",
  rule: "--av-frame",
  query: "--av-query",
  key: "--av-key",
  arrow: "--av-image-arrow",
  casing: "--av-image-casing",
});

/** @returns {Palette} colors of Sentence View, Aggregate View and their sheets */
export function panelColors() {
  return readColors(PANEL_TOKENS);
}

/** @returns {ImageColors} */
export function imageColors() {
  return hexColors(IMAGE_TOKENS);
}

/**
 * Read color tokens in the current theme and palette.
 *
 * Reading forces the browser to compute styles: read only when the theme or the palette may have changed.
 *
 * @template {string} Name
 * @param {Readonly<Record<Name, string>>} tokens custom properties of the root element
 * @returns {Record<Name, Rgb>}
 */
export function readColors(tokens) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const probe = document.createElement("span");
  document.documentElement.append(probe);
  const read = (/** @type {string} */ token) => {
    probe.style.color = `var(${token})`;
    if (!context) return /** @type {Rgb} */ ([0, 0, 0]);
    context.fillStyle = getComputedStyle(probe).color;
    context.fillRect(0, 0, 1, 1);
    const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
    return /** @type {Rgb} */ ([red, green, blue]);
  };
  const names = /** @type {Name[]} */ (Object.keys(tokens));
  const colors = names.map((name) => [name, read(tokens[name])]);
  probe.remove();
  return Object.fromEntries(colors);
}

/**
 * Read color tokens as text, see {@link readColors}.
 *
 * @template {string} Name
 * @param {Readonly<Record<Name, string>>} tokens
 * @returns {Record<Name, string>} #rrggbb
 */
export function hexColors(tokens) {
  const colors = /** @type {[string, Rgb][]} */ (Object.entries(readColors(tokens)));
  return /** @type {Record<Name, string>} */ (Object.fromEntries(colors.map(([name, color]) => [name, hex(color)])));
}

/**
 * @param {Rgb} color
 * @returns {string} #rrggbb
 */
export function hex(color) {
  return `#${color.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/**
 * @param {string} color #rrggbb
 * @returns {Rgb}
 */
export function fromHex(color) {
  const number = parseInt(color.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
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
