/** What hiding tokens took away, in words. */

/**
 * @param {number} share of the attention, 0..1
 * @returns {string}
 */
export function removedWords(share) {
  return `${percent(share)} % of the attention went to hidden tokens; the rest is scaled up to 1.`;
}

/**
 * The same where there is little room.
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
