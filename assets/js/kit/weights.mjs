/**
 * Attention of one instance: hidden tokens, value norms, lines, shares and the mean by position.
 *
 * Weights are row-major [length, length]: entry query * length + key.
 */

/** @typedef {import("../data/run_meta.mjs").Side} Side */
/** @typedef {import("../data/run_meta.mjs").TokenRef} TokenRef */
/** @typedef {import("../data/run_meta.mjs").Line} Line */

/** Lines of the scatterplot without a focused token: the strongest keys of every query, from this weight on. */
export const SCATTERPLOT_KEYS = 2;
export const SCATTERPLOT_THRESHOLD = 0.05;

/**
 * @param {TokenRef|null} a
 * @param {TokenRef|null} b
 * @returns {boolean}
 */
export function sameToken(a, b) {
  return a === b || (a !== null && b !== null && a.token === b.token && a.side === b.side);
}

/**
 * Compute the attention without the hidden tokens.
 *
 * A hidden query's row is 0. A hidden key's column is 0, and the rows are divided by the remaining sum: rows of a
 * pattern sum to 1, so this is the division by 1 - hidden weight without its cancellation when nearly all weight is
 * hidden. With value norms the weight of a pair is a_ij |v_j|, renormalized (Kobayashi et al. 2020, EMNLP, section 3.2,
 * with the value vector instead of the transformed one).
 *
 * @param {object} given
 * @param {Float32Array} given.pattern [length * length], rows sum to 1 (or to 0, where every key is masked)
 * @param {number} given.length tokens of the instance
 * @param {ReadonlySet<number>} given.hiddenKeys
 * @param {ReadonlySet<number>} given.hiddenQueries
 * @param {Float32Array|null} given.valueNorms [length], L2 norms of the value vectors; null to ignore them
 * @returns {Float32Array} [length * length]; a row without remaining weight is 0
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
 * Compute the share of the attention on some keys: the share that hiding them removes.
 *
 * @param {Float32Array} pattern [length * length], rows sum to 1
 * @param {number} length
 * @param {ReadonlySet<number>} keys
 * @param {ReadonlySet<number>} hiddenQueries excluded from the mean
 * @returns {number} mean over the other queries, 0..1; 0 without any
 */
export function shareOnKeys(pattern, length, keys, hiddenQueries) {
  const queries = Array.from({ length }, (_, query) => query).filter((query) => !hiddenQueries.has(query));
  let total = 0;
  for (const query of queries) for (const key of keys) total += pattern[query * length + key];
  return queries.length > 0 ? total / queries.length : 0;
}

/**
 * Select the strongest keys of every query: the attention lines of the scatterplot.
 *
 * @param {Float32Array} weights [length * length]
 * @param {number} length
 * @param {number} k keys of each query
 * @param {number} threshold smallest weight of a line
 * @returns {Line[]} by query, strongest key first; ties in key order
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
      const rank = best.findIndex((line) => weight > line.weight);
      if (rank >= 0) best.splice(rank, 0, { query, key, weight });
      else if (best.length < k) best.push({ query, key, weight });
      if (best.length > k) best.pop();
    }
    lines.push(...best);
  }
  return lines;
}

/**
 * Select every pair from a weight on: the lines of the bipartite graph.
 *
 * @param {Float32Array} weights [length * length]
 * @param {number} length
 * @param {number} threshold smallest weight drawn; pairs of weight 0 never are
 * @param {boolean} causal omit keys after the query
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
 * Sum the rows or columns of some tokens: the weight of each token of the other side with all of them.
 *
 * @param {Float32Array} weights [length * length]
 * @param {number} length
 * @param {readonly TokenRef[]} refs
 * @param {Side} side of the refs to sum: queries give one value per key, keys one per query
 * @returns {Float32Array|null} [length] in 0..number of refs; null without a ref of this side
 */
export function summedWeights(weights, length, refs, side) {
  const tokens = refs.filter((ref) => ref.side === side).map((ref) => ref.token);
  if (tokens.length === 0) return null;
  return Float32Array.from({ length }, (_, other) =>
    tokens.reduce((sum, token) => sum + weights[side === "query" ? token * length + other : other * length + token], 0),
  );
}

/**
 * Cut the mean attention to the positions of one sentence and make its rows sum to 1.
 *
 * @param {Float32Array} mean [positions * positions], mean attention of (query position, key position)
 * @param {number} positions
 * @param {number} length tokens of the sentence, at most `positions`
 * @param {boolean} [sink] whether what a row of the mean lacks to 1 is on a sink logit, which becomes the last key
 * @returns {Float32Array} [length * length], or [(length + 1) * (length + 1)] with the sink; a row without weight is 0
 */
export function cutToLength(mean, positions, length, sink = false) {
  if (length > positions) throw new RangeError(`There is no mean for ${length} tokens over ${positions} positions.`);
  const size = sink ? length + 1 : length;
  const cut = new Float32Array(size * size);
  for (let query = 0; query < length; query++) {
    const row = mean.subarray(query * positions, (query + 1) * positions);
    const onSink = sink ? Math.max(0, 1 - sumOf(row)) : 0;
    const total = sumOf(row.subarray(0, length)) + onSink;
    for (let key = 0; key < length; key++) cut[query * size + key] = total > 0 ? row[key] / total : 0;
    if (sink) cut[query * size + length] = total > 0 ? onSink / total : 0;
  }
  return cut;
}

/**
 * @param {Float32Array} values
 * @returns {number}
 */
function sumOf(values) {
  return values.reduce((sum, value) => sum + value, 0);
}

/**
 * @param {ArrayLike<number>} counts [positions], sentences that reach each position
 * @param {number} query
 * @param {number} key
 * @returns {number} sentences with both positions, the sample size of their mean
 */
export function sentencesWithBoth(counts, query, key) {
  return counts[Math.max(query, key)];
}

/**
 * Describe the share of attention that hiding tokens removed.
 *
 * @param {number} share of the attention, 0..1
 * @returns {string}
 */
export function removedWords(share) {
  return `${percent(share)} % of the attention went to hidden tokens; the rest is scaled up to 1.`;
}

/**
 * Short form of {@link removedWords}.
 *
 * @param {number} share of the attention, 0..1
 * @returns {string}
 */
export function removedNote(share) {
  return `${percent(share)} % hidden`;
}

/** @param {number} share */
function percent(share) {
  return (100 * share).toFixed(share < 0.1 ? 1 : 0);
}
