/** The pattern as comma-separated values. */

import { csvCell } from "../data/csv.mjs";

/**
 * A table with one row a pair, by query, then key.
 *
 * @param {readonly string[]} texts tokens as the model has them
 * @param {Float32Array} weights [length * length]
 * @param {boolean} causal leave out keys after the query
 * @returns {string} RFC 4180, with a header
 */
export function patternCsv(texts, weights, causal) {
  const cells = texts.map(csvCell);
  const rows = ["query_position,query,key_position,key,weight"];
  for (let query = 0; query < texts.length; query++) {
    const end = causal ? query + 1 : texts.length;
    for (let key = 0; key < end; key++) {
      const weight = Number(weights[query * texts.length + key].toPrecision(8));
      rows.push([query, cells[query], key, cells[key], weight].join());
    }
  }
  return `${rows.join("\r\n")}\r\n`;
}
