/** Points of one head as CSV. */

import { csvCell } from "../data/csv.mjs";
import { writtenName } from "../data/token_names.mjs";

/**
 * @typedef {import("../data/run_meta.mjs").Encoding} Encoding
 * @typedef {import("../data/run_meta.mjs").TokenTable} TokenTable
 * @typedef {{encoding: Encoding, values: ArrayLike<number>}} EncodedPoints  one value a token, or one a point
 * @typedef {object} HeadTable
 * @property {TokenTable} tokens
 * @property {number} dims
 * @property {ArrayLike<number>} coords [2N, dims] in draw order, 0..65535
 * @property {ArrayLike<number>} extent [dims + 1] center and half-width of the head's cube
 * @property {ArrayLike<number>} order [2N] point that each vertex draws
 * @property {readonly EncodedPoints[]} encodings
 * @property {readonly boolean[] | null} hidden [N] tokens left out of the plot; null for none
 */

/** Digits that distinguish neighboring float32 values. */
const DIGITS = 7;

/**
 * One line per visible point, queries first: token, side, instance, position, coordinates, and every encoding.
 *
 * @param {HeadTable} head
 * @returns {string} CSV with a header; a missing value is empty
 */
export function pointsCsv({ tokens, dims, coords, extent, order, encodings, hidden }) {
  const nTokens = tokens.texts.length;
  const axes = ["x", "y", "z"].slice(0, dims);
  const vertexOf = new Uint32Array(order.length);
  for (let vertex = 0; vertex < order.length; vertex++) vertexOf[order[vertex]] = vertex;
  const header = ["token", "side", "instance", "position", ...axes, ...encodings.map(({ encoding }) => csvCell(`encoding.${encoding.name}`))];
  const rows = [header.join(",")];
  let instance = 0;
  for (let point = 0; point < 2 * nTokens; point++) {
    const token = point % nTokens;
    if (token === 0) instance = 0;
    while (tokens.offsets[instance + 1] <= token) instance++;
    if (hidden?.[token]) continue;
    const place = axes.map((_, axis) => {
      const unit = (coords[vertexOf[point] * dims + axis] / 65535) * 2 - 1;
      return (extent[axis] + unit * extent[dims]).toPrecision(DIGITS);
    });
    const side = point < nTokens ? "query" : "key";
    const named = [csvCell(writtenName(tokens, token)), side, instance, token - tokens.offsets[instance]];
    rows.push([...named, ...place, ...encodings.map((encoded) => valueOf(encoded, point, nTokens))].join(","));
  }
  return rows.join("\r\n") + "\r\n";
}

/**
 * @param {EncodedPoints} encoded
 * @param {number} point
 * @param {number} nTokens
 * @returns {string} a category's name, else a number
 */
function valueOf({ encoding, values }, point, nTokens) {
  const value = values[values.length === nTokens ? point % nTokens : point];
  if (!Number.isFinite(value)) return "";
  return encoding.categories.length > 0 ? csvCell(encoding.categories[value] ?? "") : String(Number(value.toPrecision(DIGITS)));
}
