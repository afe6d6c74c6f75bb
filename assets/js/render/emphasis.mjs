/**
 * Which points stand out: picked with the lasso, of the selected instance, or found by the search.
 *
 * @typedef {{start: number, end: number, token: number | null, side: "query" | "key"}} Selection  tokens of the selected
 *   instance, and the clicked one, over the whole run
 * @typedef {{codes: Uint8Array, count: number, active: boolean}} Emphasis  one code a point (point order); number of points
 *   that stand out in one head; whether the rest fades
 */

/** Codes of the points; a code from HIT on says which search term was found. */
export const REST = 0;
export const KEPT = 1;
export const MEMBER = 2;
export const CLICKED = 3;
export const HIT = 4;

/** How much larger the clicked point is than the others that stand out. */
export const CLICKED_SCALE = 1.45;

/**
 * Picked points and the selected instance go first; hits of the search then only keep their looks while the rest fades.
 * Without them the hits themselves stand out.
 *
 * @param {number} nTokens
 * @param {{picked?: Uint32Array | null, selection?: Selection | null, hits?: Uint8Array | null}} what hits: one number a
 *   token, 0 for none, k for the k-th term
 * @returns {Emphasis}
 */
export function emphasise(nTokens, { picked = null, selection = null, hits = null }) {
  const codes = new Uint8Array(2 * nTokens);
  const chosen = picked !== null || selection !== null;
  let searched = false;
  for (let token = 0; hits && token < nTokens; token++) {
    if (hits[token] === 0) continue;
    codes[token] = chosen ? KEPT : Math.min(255, HIT + hits[token] - 1);
    codes[nTokens + token] = codes[token];
    searched = true;
  }
  for (const point of picked ?? []) codes[point] = MEMBER;
  if (selection) {
    codes.fill(MEMBER, selection.start, selection.end);
    codes.fill(MEMBER, nTokens + selection.start, nTokens + selection.end);
    if (selection.token !== null) codes[selection.token + (selection.side === "key" ? nTokens : 0)] = CLICKED;
  }
  let count = 0;
  for (const code of codes) if (code > KEPT) count++;
  return { codes, count, active: chosen || searched };
}
