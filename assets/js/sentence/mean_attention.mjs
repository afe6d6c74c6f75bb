/** The mean attention of a head by position, as the Aggregate View shows it. */

/**
 * Cut the mean attention to the positions of one sentence and make its rows sum to 1.
 *
 * @param {Float32Array} mean [positions * positions], mean attention of (query position, key position)
 * @param {number} positions
 * @param {number} length tokens of the sentence, at most `positions`
 * @returns {Float32Array} [length * length]; a row without weight is 0
 */
export function cutToLength(mean, positions, length) {
  if (length > positions) throw new RangeError(`There is no mean for ${length} tokens over ${positions} positions.`);
  const cut = new Float32Array(length * length);
  for (let query = 0; query < length; query++) {
    const row = mean.subarray(query * positions, query * positions + length);
    const total = row.reduce((sum, weight) => sum + weight, 0);
    for (let key = 0; key < length; key++) cut[query * length + key] = total > 0 ? row[key] / total : 0;
  }
  return cut;
}

/**
 * How many sentences have both positions, and so stand behind one mean.
 *
 * @param {ArrayLike<number>} counts [positions], sentences that reach each position
 * @param {number} query
 * @param {number} key
 * @returns {number}
 */
export function sentencesBehind(counts, query, key) {
  return counts[Math.max(query, key)];
}
