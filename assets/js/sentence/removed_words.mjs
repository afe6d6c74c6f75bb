/** What hiding tokens took away, in words. */

/**
 * @param {number} share of the attention, 0..1
 * @returns {string}
 */
export function removedWords(share) {
  const percent = (100 * share).toFixed(share < 0.1 ? 1 : 0);
  return `${percent} % of the attention went to hidden tokens; the rest is scaled up to 1.`;
}
