import { NO_VALUE } from "../data/run_meta.mjs";
import { fromHex, hexColors } from "../kit/colors.mjs";

/**
 * Colors of the scatterplot: the theme from assets/css/tokens.css, and palettes of encodings from the run.
 *
 * @typedef {[number, number, number]} Rgb  0..1
 * @typedef {Readonly<Record<keyof typeof TOKENS, string>> & {terms: readonly string[]}} Theme  #rrggbb; terms: rings of search
 *   terms, in turn
 */

const TOKENS = Object.freeze({
  query: "--av-query",
  key: "--av-key",
  fade: "--av-fade",
  frame: "--av-frame",
  text: "--av-text",
  labelQuery: "--av-label-query",
  labelKey: "--av-label-key",
  line: "--av-line",
  focus: "--av-focus",
  background: "--av-bg",
});

/** Search terms with a color of their own; further terms repeat the colors. */
export const TERM_COLORS = 8;

/**
 * Custom property with the color of a search term.
 *
 * @param {number} term index of the term
 */
export function termToken(term) {
  return `--av-term-${1 + (term % TERM_COLORS)}`;
}

/**
 * Read the colors of the current theme and palette.
 *
 * @returns {Theme}
 */
export function readTheme() {
  const terms = Array.from({ length: TERM_COLORS }, (_, term) => [String(term), termToken(term)]);
  const colors = hexColors(Object.fromEntries(terms));
  return { ...hexColors(TOKENS), terms: terms.map(([term]) => colors[term]) };
}

/**
 * @param {string} color #rrggbb
 * @returns {Rgb}
 */
export function rgbOf(color) {
  const [red, green, blue] = fromHex(color);
  return [red / 255, green / 255, blue / 255];
}

/**
 * Texels of a palette: one row for queries, one for keys, the color byte from left to right.
 *
 * @param {import("../data/run_meta.mjs").Palette} palette shorter ones repeat
 * @returns {Uint8Array} [2, 256, 4]
 */
export function paletteTexels({ query, key, none }) {
  const texels = new Uint8Array(2 * 256 * 4);
  for (const [row, colors] of [query, key].entries()) {
    const rgb = colors.map(fromHex);
    for (let index = 0; index < 256; index++) {
      const color = index === NO_VALUE ? fromHex(none) : rgb[index % rgb.length];
      texels.set([...color, 255], (row * 256 + index) * 4);
    }
  }
  return texels;
}
