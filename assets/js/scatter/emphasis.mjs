/**
 * Which points stand out: picked with the lasso, of the selected instance, or found by the search.
 *
 * @typedef {{start: number, end: number, token: number | null, side: "query" | "key"}} Selection  tokens of the selected
 *   instance, and the clicked one, over the whole run
 * @typedef {{codes: Uint8Array, count: number, hidden: number, active: boolean}} Emphasis  one code a point (point order);
 *   number of points of one head that stand out, and that are taken out; whether the rest fades
 */

/** Codes of the points; a code from HIT on says which search term was found. */
export const REST = 0;
export const KEPT = 1;
export const MEMBER = 2;
export const CLICKED = 3;
export const HIT = 4;

/** Code of a point that is taken out: it is neither drawn nor found. */
export const HIDDEN = 255;

/** How much larger the clicked point is than the others that stand out. */
export const CLICKED_SCALE = 1.45;

/**
 * Picked points and the selected instance go first; hits of the search then only keep their looks while the rest fades.
 * Without them the hits themselves stand out.
 *
 * @param {number} nTokens
 * @param {{picked?: Uint32Array | null, selection?: Selection | null, hits?: Uint8Array | null,
 *   hidden?: readonly boolean[] | null}} what hits: one number a token, 0 for none, k for the k-th term; hidden: tokens that
 *   are taken out
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
    if (standsOut(code)) count++;
    if (code === HIDDEN) out++;
  }
  return { codes, count, hidden: out, active: chosen || searched };
}

/**
 * Whether a point stands out among the others.
 *
 * @param {number} code
 */
export function standsOut(code) {
  return code > KEPT && code !== HIDDEN;
}
