/**
 * Emphasized points: picked with the lasso, in the selected instance, or found by the search.
 *
 * @typedef {{start: number, end: number, token: number | null, side: import("../data/run_meta.mjs").Side}} Selection  tokens of the selected
 *   instance, and the clicked one, over the whole run
 * @typedef {{codes: Uint8Array, count: number, hidden: number, active: boolean}} Emphasis  one code per point (point order);
 *   number of emphasized and of hidden points of a head; whether the rest fades
 */

/** Codes of points; HIT + k is a hit of search term k. */
export const REST = 0;
export const KEPT = 1;
export const MEMBER = 2;
export const CLICKED = 3;
export const HIT = 4;

/** Code of a hidden point: neither drawn nor found. */
export const HIDDEN = 255;

/** Size of the clicked point relative to other emphasized points. */
export const CLICKED_SCALE = 1.45;

/**
 * Compute the emphasis of every point.
 *
 * Picked points and the selected instance take precedence; search hits then keep their style while the rest fades.
 * Otherwise the hits are emphasized.
 *
 * @param {number} nTokens
 * @param {{picked?: Uint32Array | null, selection?: Selection | null, hits?: Uint8Array | null,
 *   hidden?: readonly boolean[] | null}} sources hits: one number per token, 0 for none, k for the k-th term
 * @returns {Emphasis}
 */
export function emphasize(nTokens, { picked = null, selection = null, hits = null, hidden = null }) {
  const codes = new Uint8Array(2 * nTokens);
  const chosen = picked !== null || selection !== null;
  let searched = false;
  for (let token = 0; hits && token < nTokens; token++) {
    if (hits[token] === 0) continue;
    codes[token] = chosen ? KEPT : Math.min(HIDDEN - 1, HIT + hits[token] - 1);
    codes[nTokens + token] = codes[token];
    searched = true;
  }
  for (const point of picked ?? []) codes[point] = MEMBER;
  if (selection) {
    codes.fill(MEMBER, selection.start, selection.end);
    codes.fill(MEMBER, nTokens + selection.start, nTokens + selection.end);
    if (selection.token !== null) codes[selection.token + (selection.side === "key" ? nTokens : 0)] = CLICKED;
  }
  hidden?.forEach((taken, token) => {
    if (taken) codes[token] = codes[nTokens + token] = HIDDEN;
  });
  let count = 0;
  let out = 0;
  for (const code of codes) {
    if (isEmphasized(code)) count++;
    if (code === HIDDEN) out++;
  }
  return { codes, count, hidden: out, active: chosen || searched };
}

/**
 * Whether a point with this code is emphasized.
 *
 * @param {number} code
 */
export function isEmphasized(code) {
  return code > KEPT && code !== HIDDEN;
}
