import { NO_VALUE } from "../data/run_meta.mjs";

/**
 * Colors of the picture, read from the stage's CSS so that the page's theme decides.
 *
 * @typedef {[number, number, number]} Rgb  0..1
 * @typedef {{query: string, key: string, fade: string, frame: string, text: string, labelQuery: string, labelKey: string,
 *   line: string, focus: string, background: string}} Theme  CSS colors
 */

/** Ring colors of search terms, in turn; apart from the green of queries and the pink of keys, also for color-blind eyes. */
export const TERM_COLORS = ["#f0a202", "#2f7de1", "#8b5cf6", "#00a6a6", "#d1495b", "#7a5c2e", "#5b6b7a", "#111827"];

/** @type {Record<"light" | "dark", Theme>} */
const FALLBACK = {
  light: {
    query: "#5fb96c",
    key: "#e3378f",
    fade: "#9aa3ad",
    frame: "#e3e7ec",
    text: "#1f2933",
    labelQuery: "#54943d",
    labelKey: "#c15b7d",
    line: "#d98200",
    focus: "#2563eb",
    background: "#ffffff",
  },
  dark: {
    query: "#5fb96c",
    key: "#e3378f",
    fade: "#6b7480",
    frame: "#2a3038",
    text: "#e6eaef",
    labelQuery: "#c2e8b4",
    labelKey: "#f0b3c7",
    line: "#ffb638",
    focus: "#7aa7ff",
    background: "#000000",
  },
};

const PROPERTIES = {
  query: "--av-query",
  key: "--av-key",
  fade: "--av-fade",
  frame: "--av-frame",
  text: "--av-text",
  labelQuery: "--av-label-query",
  labelKey: "--av-label-key",
  line: "--av-line",
  focus: "--av-focus",
};

/**
 * @param {HTMLElement} stage
 * @param {"light" | "dark"} name
 * @returns {Theme}
 */
export function readTheme(stage, name) {
  const style = getComputedStyle(stage);
  const theme = { ...FALLBACK[name] };
  for (const [role, property] of Object.entries(PROPERTIES)) {
    const value = style.getPropertyValue(property).trim();
    if (value) theme[/** @type {keyof Theme} */ (role)] = value;
  }
  theme.background = backgroundBehind(stage) ?? theme.background;
  return theme;
}

/**
 * The first background color that is not transparent, from an element upwards.
 *
 * @param {HTMLElement} element
 * @returns {string | null}
 */
function backgroundBehind(element) {
  for (let at = /** @type {HTMLElement | null} */ (element); at; at = at.parentElement) {
    const color = getComputedStyle(at).backgroundColor;
    if (color && color !== "transparent" && !/^rgba\(.*,\s*0\)$/.test(color)) return color;
  }
  return null;
}

/** @type {Map<string, Rgb>} */
const known = new Map();

/**
 * A CSS color as three numbers; gray if it is none.
 *
 * @param {string} css
 * @returns {Rgb}
 */
export function rgbOf(css) {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(css);
  if (hex) return [parseInt(hex[1], 16) / 255, parseInt(hex[2], 16) / 255, parseInt(hex[3], 16) / 255];
  const rgb = known.get(css) ?? paintedColor(css);
  known.set(css, rgb);
  return rgb;
}

/**
 * The color as a canvas paints it: browsers write colors in more ways than one would want to read.
 *
 * @param {string} css
 * @returns {Rgb}
 */
function paintedColor(css) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return [0.5, 0.5, 0.5];
  context.fillStyle = "#808080";
  context.fillStyle = css;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return [red / 255, green / 255, blue / 255];
}

/**
 * Texels of a palette: a row for queries, a row for keys, the color byte from left to right.
 *
 * @param {import("../data/run_meta.mjs").Palette} palette shorter ones repeat
 * @returns {Uint8Array} [2, 256, 4]
 */
export function paletteTexels({ query, key, none }) {
  const texels = new Uint8Array(2 * 256 * 4);
  for (const [row, colors] of [query, key].entries()) {
    const rgb = colors.map(rgbOf);
    for (let index = 0; index < 256; index++) {
      const [r, g, b] = index === NO_VALUE ? rgbOf(none) : rgb[index % rgb.length];
      texels.set([Math.round(r * 255), Math.round(g * 255), Math.round(b * 255), 255], (row * 256 + index) * 4);
    }
  }
  return texels;
}
