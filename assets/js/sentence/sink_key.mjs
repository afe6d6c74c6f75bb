/** A sink logit as a key of its own: one more position after the tokens, without a query. */

/** @typedef {import("../kit/weights.mjs").TokenRef} TokenRef */

export const SINK_TEXT = "⟨sink⟩";

/**
 * Append the sink to a pattern: its column is the attention that the rows lack to 1, its row is 0.
 *
 * @param {Float32Array} pattern [length * length]
 * @param {number} length tokens of the sentence
 * @returns {Float32Array} [(length + 1) * (length + 1)]
 */
export function withSinkKey(pattern, length) {
  const size = length + 1;
  const extended = new Float32Array(size * size);
  for (let query = 0; query < length; query++) {
    const row = pattern.subarray(query * length, (query + 1) * length);
    extended.set(row, query * size);
    extended[query * size + length] = Math.max(0, 1 - row.reduce((sum, weight) => sum + weight, 0));
  }
  return extended;
}

/**
 * Append the sink to the description of a sentence. Later keys are then no longer absent, since the sink is one.
 *
 * @template {{texts: readonly string[], special: readonly boolean[], sinks: ReadonlySet<number>, length: number,
 *   causal: boolean}} Given
 * @param {Given} given
 * @param {boolean} out whether sinks are left out
 * @returns {Given}
 */
export function sentenceWithSink(given, out) {
  const { texts, special, sinks, length } = given;
  return {
    ...given,
    texts: [...texts, SINK_TEXT],
    special: [...special, true],
    sinks: out ? new Set([...sinks, length]) : sinks,
    length: length + 1,
    causal: false,
  };
}
