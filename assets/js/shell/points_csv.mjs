/** The points of one head as a table for spreadsheets and scripts. */

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
 * @property {readonly boolean[] | null} hidden [N] tokens that are taken out of the picture; null for none
 */

/** Digits of a float32 that tell it from its neighbors. */
const DIGITS = 7;

/**
 * One line a point on show, queries first: token, side, instance, position, coordinates, and the value of every encoding, named as in the run.
 *
 * @param {HeadTable} head
 * @returns {string} CSV with a header; a value that does not exist is empty
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
