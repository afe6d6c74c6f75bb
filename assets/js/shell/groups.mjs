/** Two groups of points that attention is measured between: kept while one goes from head to head. */

/** @typedef {"a" | "b"} GroupName */
/** @typedef {{run: string, nTokens: number, a: Uint32Array | null, b: Uint32Array | null}} Groups  points: queries 0..N-1,
 *  keys N..2N-1, ascending */

/**
 * Groups of a run of which nothing has been taken.
 *
 * @param {string} run
 * @param {number} nTokens
 * @returns {Groups}
 */
export function noGroups(run, nTokens) {
  return { run, nTokens, a: null, b: null };
}

/**
 * Queries and keys of all tokens that a search found.
 *
 * @param {ArrayLike<number>} hits one number a token, 0 for none
 * @returns {Uint32Array}
 */
export function pointsOfHits(hits) {
  const tokens = Array.from({ length: hits.length }, (_, token) => token).filter((token) => hits[token] > 0);
  return Uint32Array.from([...tokens, ...tokens.map((token) => token + hits.length)]);
}

/**
 * Points that are in any of several sets.
 *
 * @param {...(Uint32Array | null)} sets
 * @returns {Uint32Array} ascending
 */
export function union(...sets) {
  return Uint32Array.from(new Set(sets.flatMap((set) => [...(set ?? [])]))).sort();
}

/**
 * What a group holds, in words.
 *
 * @param {Uint32Array | null} points
 * @param {number} nTokens
 */
export function groupSentence(points, nTokens) {
  if (!points) return "none yet";
  const queries = points.filter((point) => point < nTokens).length;
  const keys = points.length - queries;
  return `${queries} ${queries === 1 ? "query" : "queries"}, ${keys} ${keys === 1 ? "key" : "keys"}`;
}

/**
 * Points as one bit each, as the server reads them.
 *
 * @param {Uint32Array} points
 * @param {number} nTokens
 * @returns {string} base64
 */
export function packed(points, nTokens) {
  const bytes = new Uint8Array(Math.ceil((2 * nTokens) / 8));
  for (const point of points) bytes[point >> 3] |= 128 >> (point & 7);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/**
 * Groups as the server takes them; null without a first one.
 *
 * @param {Groups} groups
 */
export function sentGroups({ run, nTokens, a, b }) {
  return a ? { run, a: packed(a, nTokens), b: b && packed(b, nTokens) } : null;
}
