/** The colors that an Image View paints with, from custom properties of the style sheet. */

import { colorsAt, hex } from "../kit/colors.mjs";

const PROPERTIES = Object.freeze({
  text: "--av-pattern-text",
  muted: "--av-pattern-muted",
  background: "--av-pattern-background",
  rule: "--av-pattern-rule",
  query: "--av-query",
  key: "--av-key",
  arrow: "--av-image-arrow",
  casing: "--av-image-casing",
});

/** @typedef {Readonly<Record<keyof typeof PROPERTIES, string>>} StageColors #rrggbb */

/**
 * Reading them makes the browser settle the page's style, so ask only when they may have changed.
 *
 * @param {HTMLElement} element in the document, of class av-pattern
 * @returns {StageColors}
 */
export function stageColors(element) {
  const colors = Object.entries(colorsAt(element, PROPERTIES)).map(([name, color]) => [name, hex(color)]);
  return Object.fromEntries(colors);
}
