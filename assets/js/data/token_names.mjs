/**
 * What tokens are called: words as they are read, patches by the object they show and their place.
 *
 * @typedef {import("./run_meta.mjs").TokenTable} TokenTable
 */

import { patchPlace } from "./patch_places.mjs";

/**
 * A token as a label shows it: no leading space, blanks made visible.
 *
 * @param {string} text
 */
export function visibleText(text) {
  const trimmed = text.trim();
  return trimmed === "" ? text.replaceAll("\n", "⏎").replaceAll("\t", "⇥").replaceAll(" ", "␣") : trimmed;
}

/**
 * What a search looks through: labels of patches where the run has some, else texts.
 *
 * @param {TokenTable} tokens
 * @returns {readonly string[]} one a token
 */
export function soughtTexts({ labels, texts }) {
  return labels && labels.length > 0 ? labels : texts;
}

/**
 * What kind of thing a token is, for counting: its text; of a patch its label.
 *
 * @param {TokenTable} tokens
 * @param {number} token
 */
export function tokenWord(tokens, token) {
  return patchPlace(tokens, token) ? tokens.labels?.[token] || "patch" : visibleText(tokens.texts[token]);
}

/**
 * A token by name: its text; of a patch its label, if it has one, and its row and column.
 *
 * @param {TokenTable} tokens
 * @param {number} token
 */
export function tokenName(tokens, token) {
  const place = patchPlace(tokens, token);
  if (!place) return visibleText(tokens.texts[token]);
  return `${tokens.labels?.[token] ?? ""} (${place.row}, ${place.column})`.trim();
}

/**
 * A token as files write it: words as they are, with their leading space; patches by name.
 *
 * @param {TokenTable} tokens
 * @param {number} token
 */
export function writtenName(tokens, token) {
  return tokens.grid ? tokenName(tokens, token) : tokens.texts[token];
}
