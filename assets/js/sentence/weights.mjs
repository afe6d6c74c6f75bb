/**
 * What the Sentence View shows as "attention" after its user hid tokens or weighed by value norm.
 *
 * Weights are row-major [length, length]: entry query * length + key.
 */

/** @typedef {"query"|"key"} Side */
/** @typedef {{token: number, side: Side}} TokenRef A token of the instance, by position, as query or as key. */
/** @typedef {{query: number, key: number, weight: number}} Line */

/**
 * The attention pattern without the hidden tokens.
 *
 * A hidden query's row is 0. A hidden key's column is 0 and the rows are divided by what is left of them: rows of a
 * pattern sum to 1, so this is the division by 1 - hidden weight, without its cancellation when nearly all weight is
 * hidden. With value norms the weight of a pair is a_ij |v_j|, renormalized (Kobayashi et al. 2020, EMNLP, section 3.2,
 * with the value vector in place of the transformed one).
 *
 * @param {object} given
 * @param {Float32Array} given.pattern [length * length], rows sum to 1 (or to 0, where every key is masked)
 * @param {number} given.length tokens of the instance
 * @param {ReadonlySet<number>} given.hiddenKeys
 * @param {ReadonlySet<number>} given.hiddenQueries
 * @param {Float32Array|null} given.valueNorms [length], L2 norms of the value vectors; null leaves them out
 * @returns {Float32Array} [length * length]; a row with nothing left is 0
 */
export function effectiveWeights({ pattern, length, hiddenKeys, hiddenQueries, valueNorms }) {
  const weights = pattern.slice(0, length * length);
  const renormalized = hiddenKeys.size > 0 || valueNorms !== null;
  const factors = Float64Array.from({ length }, (_, key) =>
    hiddenKeys.has(key) ? 0 : valueNorms ? valueNorms[key] : 1,
  );
  for (let query = 0; query < length; query++) {
    const row = weights.subarray(query * length, (query + 1) * length);
    if (hiddenQueries.has(query)) row.fill(0);
    else if (renormalized) scaleRow(row, factors);
  }
  return weights;
}

/**
 * Multiply a row by the factors and make it sum to 1, in place.
 *
 * @param {Float32Array} row
 * @param {Float64Array} factors
 */
function scaleRow(row, factors) {
  let total = 0;
  for (let key = 0; key < row.length; key++) total += row[key] * factors[key];
  for (let key = 0; key < row.length; key++) row[key] = total > 0 ? (row[key] * factors[key]) / total : 0;
}

/**
 * How much of the attention goes to some keys: what hiding them takes away.
 *
 * @param {Float32Array} pattern [length * length], rows sum to 1
 * @param {number} length
 * @param {ReadonlySet<number>} keys
 * @param {ReadonlySet<number>} hiddenQueries left out of the mean
 * @returns {number} mean over the other queries, 0..1; 0 without any
 */
export function shareOnKeys(pattern, length, keys, hiddenQueries) {
  const queries = Array.from({ length }, (_, query) => query).filter((query) => !hiddenQueries.has(query));
  let total = 0;
  for (const query of queries) for (const key of keys) total += pattern[query * length + key];
  return queries.length > 0 ? total / queries.length : 0;
}

/**
 * The strongest keys of every query: the attention lines of the scatterplot.
 *
 * @param {Float32Array} weights [length * length]
 * @param {number} length
 * @param {number} k keys of each query
 * @param {number} threshold weaker pairs are left out
 * @returns {Line[]} by query, strongest key first; equal weights in the order of the keys
 */
export function topKeys(weights, length, k, threshold) {
  /** @type {Line[]} */
  const lines = [];
  for (let query = 0; query < length; query++) {
    /** @type {Line[]} */
    const best = [];
    for (let key = 0; key < length; key++) {
      const weight = weights[query * length + key];
      if (!(weight > 0) || weight < threshold) continue;
      const place = best.findIndex((line) => weight > line.weight);
      if (place >= 0) best.splice(place, 0, { query, key, weight });
      else if (best.length < k) best.push({ query, key, weight });
      if (best.length > k) best.pop();
    }
    lines.push(...best);
  }
  return lines;
}

/**
 * Every pair that the bipartite graph draws.
 *
 * @param {Float32Array} weights [length * length]
 * @param {number} length
 * @param {number} threshold smallest weight drawn; pairs of weight 0 never are
 * @param {boolean} causal leave out keys after the query
 * @returns {Line[]} by query, then key
 */
export function linesAbove(weights, length, threshold, causal) {
  /** @type {Line[]} */
  const lines = [];
  for (let query = 0; query < length; query++) {
    const end = causal ? query + 1 : length;
    for (let key = 0; key < end; key++) {
      const weight = weights[query * length + key];
      if (weight > 0 && weight >= threshold) lines.push({ query, key, weight });
    }
  }
  return lines;
}

/**
 * How much the tokens of the other side take part with some tokens together: the sum of their rows or columns.
 *
 * @param {Float32Array} weights [length * length]
 * @param {number} length
 * @param {readonly TokenRef[]} refs
 * @param {Side} side which of them to sum: queries sum to one value a key, keys to one value a query
 * @returns {Float32Array|null} [length] in 0..number of refs; null where no ref is of this side
 */
export function summedWeights(weights, length, refs, side) {
  const tokens = refs.filter((ref) => ref.side === side).map((ref) => ref.token);
  if (tokens.length === 0) return null;
  return Float32Array.from({ length }, (_, other) =>
    tokens.reduce((sum, token) => sum + weights[side === "query" ? token * length + other : other * length + token], 0),
  );
}
