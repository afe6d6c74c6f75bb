/**
 * Patches of image tokens, counted row by row, picture after picture, as in the encoding `patch`.
 *
 * @typedef {import("./run_meta.mjs").TokenTable} TokenTable
 */

/** @type {WeakMap<TokenTable, Int32Array>} */
const numbers = new WeakMap();

/**
 * Index of every token's patch.
 *
 * @param {TokenTable} tokens of images
 * @returns {Int32Array} [N], -1 for prefix tokens such as CLS and registers
 */
export function patchNumbers(tokens) {
  let held = numbers.get(tokens);
  if (!held) {
    let patch = 0;
    held = Int32Array.from(tokens.special, (special) => (special ? -1 : patch++));
    numbers.set(tokens, held);
  }
  return held;
}

/**
 * Grid cell of a token's patch.
 *
 * @param {TokenTable} tokens
 * @param {number} token over the whole run
 * @returns {{row: number, column: number} | null} counted from 0; null for a prefix token and in a text
 */
export function patchCell(tokens, token) {
  if (!tokens.grid) return null;
  const [rows, columns] = tokens.grid;
  const patch = patchNumbers(tokens)[token];
  if (patch < 0) return null;
  const within = patch % (rows * columns);
  return { row: Math.floor(within / columns), column: within % columns };
}
