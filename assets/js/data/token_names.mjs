/**
 * Names of tokens in labels, tables and files: words by their text, patches by label, row and column.
 *
 * @typedef {import("./run_meta.mjs").TokenTable} TokenTable
 */

import { patchCell } from "./patches.mjs";

/**
 * Text of a label: without surrounding spaces; white space alone becomes visible marks.
 *
 * @param {string} text
 */
export function visibleText(text) {
  const trimmed = text.trim();
  return trimmed === "" ? text.replaceAll("\n", "⏎").replaceAll("\t", "⇥").replaceAll(" ", "␣") : trimmed;
}

/**
 * Texts that the search matches: labels of patches if the run has any, else token texts.
 *
 * @param {TokenTable} tokens
 * @returns {readonly string[]} one per token
 */
export function soughtTexts({ labels, texts }) {
  return labels && labels.length > 0 ? labels : texts;
}

/**
 * Name of a token for counting: its text, or the label of a patch.
 *
 * @param {TokenTable} tokens
 * @param {number} token
 */
export function tokenWord(tokens, token) {
  return patchCell(tokens, token) ? tokens.labels?.[token] || "patch" : visibleText(tokens.texts[token]);
}

/**
 * Name of a token: its text, or the label (if any), row and column of a patch.
 *
 * @param {TokenTable} tokens
 * @param {number} token
 */
export function tokenName(tokens, token) {
  const place = patchCell(tokens, token);
  if (!place) return visibleText(tokens.texts[token]);
  return `${tokens.labels?.[token] ?? ""} (${place.row}, ${place.column})`.trim();
}

/**
 * Name of a token in files: a word with its leading space, or the name of a patch.
 *
 * @param {TokenTable} tokens
 * @param {number} token
 */
export function writtenName(tokens, token) {
  return tokens.grid ? tokenName(tokens, token) : tokens.texts[token];
}
