/** Layouts without sinks: heads that rest on sinks have a second layout, the others share their only one. */

/**
 * Replace the layouts of the heads that have a second one.
 *
 * @template {Uint16Array | Float32Array} T
 * @param {T} first [heads, ...]
 * @param {T} second [rows, ...] of the heads that have one
 * @param {ArrayLike<number>} rows row of each head in `second`, -1 for none
 * @returns {T} a copy
 */
export function withSecondLayouts(first, second, rows) {
  const size = first.length / rows.length;
  const all = /** @type {T} */ (first.slice());
  for (let head = 0; head < rows.length; head++) {
    const row = rows[head];
    if (row >= 0) all.set(second.subarray(row * size, (row + 1) * size), head * size);
  }
  return all;
}
