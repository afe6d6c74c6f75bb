/** Which token of an image is which patch. Tokens are counted by position: prefix tokens first, then patches row by row. */

/** @typedef {Readonly<{nPrefix: number, rows: number, columns: number}>} PatchGrid */
/** @typedef {"cls"|"registers"} PrefixGroup Prefix tokens that are hidden together. */
/** @typedef {Readonly<Record<PrefixGroup, readonly number[]>>} PrefixGroups Their positions. */

/**
 * @param {readonly [number, number]} size rows and columns of patches
 * @param {number} length tokens of the image
 * @returns {PatchGrid}
 */
export function patchGrid([rows, columns], length) {
  const nPrefix = length - rows * columns;
  if (nPrefix < 0) throw new RangeError(`An image of ${length} tokens has no ${rows} x ${columns} patches.`);
  return { nPrefix, rows, columns };
}

/**
 * @param {PatchGrid} grid
 * @returns {number} tokens of the image
 */
export function tokenCount({ nPrefix, rows, columns }) {
  return nPrefix + rows * columns;
}

/**
 * @param {PatchGrid} grid
 * @param {number} token
 * @returns {{row: number, column: number}|null} null for a prefix token
 */
export function patchAt({ nPrefix, columns }, token) {
  if (token < nPrefix) return null;
  return { row: Math.floor((token - nPrefix) / columns), column: (token - nPrefix) % columns };
}

/**
 * Sort the prefix tokens by their names.
 *
 * @param {readonly string[]} names of all tokens, as the model has them
 * @param {PatchGrid} grid
 * @returns {PrefixGroups} `cls` are called so, `registers` all others
 */
export function prefixGroups(names, { nPrefix }) {
  const prefix = Array.from({ length: nPrefix }, (_, token) => token);
  const isCls = (/** @type {number} */ token) => /^\W*cls\W*$/i.test(names[token]);
  return { cls: prefix.filter(isCls), registers: prefix.filter((token) => !isCls(token)) };
}

/**
 * Compute the token that an arrow key moves to: patches, and left of their first column the prefix tokens.
 *
 * @param {PatchGrid} grid
 * @param {number} token
 * @param {string} key name of the pressed key, as KeyboardEvent.key
 * @returns {number|null} null where the key moves nothing
 */
export function tokenBeside(grid, token, key) {
  if (key === "Home") return 0;
  if (key === "End") return tokenCount(grid) - 1;
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];
  if (!step) return null;
  const patch = patchAt(grid, token);
  return patch ? besidePatch(grid, patch.row + step[0], patch.column + step[1]) : besidePrefix(grid, token, step);
}

/**
 * @param {PatchGrid} grid
 * @param {number} row may be outside by one
 * @param {number} column may be outside by one
 * @returns {number}
 */
function besidePatch({ nPrefix, rows, columns }, row, column) {
  if (column < 0 && nPrefix > 0) return Math.min(row, nPrefix - 1);
  return nPrefix + clamp(row, rows) * columns + clamp(column, columns);
}

/**
 * @param {PatchGrid} grid
 * @param {number} token
 * @param {readonly number[]} step down and right
 * @returns {number}
 */
function besidePrefix({ nPrefix, rows, columns }, token, [down, right]) {
  if (right > 0) return nPrefix + clamp(token, rows) * columns;
  return clamp(token + down, nPrefix);
}

/**
 * @param {number} index
 * @param {number} count
 * @returns {number} the nearest of 0..count - 1
 */
function clamp(index, count) {
  return Math.max(0, Math.min(count - 1, index));
}
