/** Tables as comma-separated values (RFC 4180): an attention pattern, and the points of one head. */

import { SHARE_STEPS } from "./run_meta.mjs";
import { writtenName } from "./token_names.mjs";

/**
 * @typedef {import("./run_meta.mjs").Encoding} Encoding
 * @typedef {import("./run_meta.mjs").TokenTable} TokenTable
 * @typedef {{encoding: Encoding, values: ArrayLike<number>}} EncodedPoints  one value per token, or one per point
 * @typedef {object} HeadTable
 * @property {TokenTable} tokens
 * @property {number} dims
 * @property {ArrayLike<number>} coords [2N, dims] in draw order, 0..65535
 * @property {ArrayLike<number>} extent [dims + 1] center and half-width of the head's cube
 * @property {ArrayLike<number>} order [2N] point of each vertex
 * @property {ArrayLike<number> | null} trust [2N] in draw order, in steps of 1 / SHARE_STEPS; null for none
 * @property {readonly EncodedPoints[]} encodings
 * @property {readonly boolean[] | null} hidden [N] tokens without a row; null for none
 */

/** Significant digits that identify a float32. */
const POINT_DIGITS = 7;
const WEIGHT_DIGITS = 8;

/**
 * Guard a text against evaluation by a spreadsheet: a leading apostrophe where it would be a formula.
 *
 * @param {string} text
 * @returns {string}
 */
export function inertText(text) {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

/**
 * Quote and guard one field.
 *
 * @param {string} text
 * @returns {string}
 */
export function csvCell(text) {
  const inert = inertText(text);
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/**
 * Join rows of finished fields.
 *
 * @param {readonly (readonly (string | number)[])[]} rows the header first
 * @returns {string}
 */
export function csvTable(rows) {
  return `${rows.map((row) => row.join(",")).join("\r\n")}\r\n`;
}

/**
 * The header and some lines of a table whose cells hold no line ends.
 *
 * @param {string} text lines end in CR LF
 * @param {readonly number[]} rows counted from the line after the header
 * @returns {string}
 */
export function chosenLines(text, rows) {
  const [header, ...lines] = text.split("\r\n");
  return [header, ...rows.map((row) => lines[row]), ""].join("\r\n");
}

/**
 * Write an attention pattern, one row per pair, by query, then key.
 *
 * @param {readonly string[]} texts tokens in the model's spelling
 * @param {Float32Array} weights [length * length]
 * @param {boolean} causal omit keys after the query
 * @returns {string}
 */
export function patternCsv(texts, weights, causal) {
  const cells = texts.map(csvCell);
  /** @type {(string | number)[][]} */
  const rows = [["query_position", "query", "key_position", "key", "weight"]];
  for (let query = 0; query < texts.length; query++) {
    const end = causal ? query + 1 : texts.length;
    for (let key = 0; key < end; key++) {
      const weight = Number(weights[query * texts.length + key].toPrecision(WEIGHT_DIGITS));
      rows.push([query, cells[query], key, cells[key], weight]);
    }
  }
  return csvTable(rows);
}

/**
 * Write the visible points of one head, one row per point, queries first: token, side, instance, position, coordinates,
 * trust (0 to 1) and the value of every encoding.
 *
 * @param {HeadTable} head
 * @returns {string} missing values are empty fields
 */
export function pointsCsv({ tokens, dims, coords, extent, order, trust, encodings, hidden }) {
  const nTokens = tokens.texts.length;
  const axes = ["x", "y", "z"].slice(0, dims);
  const vertexOf = new Uint32Array(order.length);
  for (let vertex = 0; vertex < order.length; vertex++) vertexOf[order[vertex]] = vertex;
  const names = encodings.map(({ encoding }) => csvCell(`encoding.${encoding.name}`));
  /** @type {(string | number)[][]} */
  const rows = [["token", "side", "instance", "position", ...axes, ...(trust ? ["trust"] : []), ...names]];
  let instance = 0;
  for (let point = 0; point < 2 * nTokens; point++) {
    const token = point % nTokens;
    if (token === 0) instance = 0;
    while (tokens.offsets[instance + 1] <= token) instance++;
    if (hidden?.[token]) continue;
    const position = axes.map((_, axis) => {
      const unit = (coords[vertexOf[point] * dims + axis] / 65535) * 2 - 1;
      return (extent[axis] + unit * extent[dims]).toPrecision(POINT_DIGITS);
    });
    const side = point < nTokens ? "query" : "key";
    const named = [csvCell(writtenName(tokens, token)), side, instance, token - tokens.offsets[instance]];
    const kept = trust ? [Number((trust[vertexOf[point]] / SHARE_STEPS).toPrecision(POINT_DIGITS))] : [];
    rows.push([...named, ...position, ...kept, ...encodings.map((encoded) => valueOf(encoded, point, nTokens))]);
  }
  return csvTable(rows);
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
  return encoding.categories.length > 0 ? csvCell(encoding.categories[value] ?? "") : String(Number(value.toPrecision(POINT_DIGITS)));
}
