import { layerNumber } from "../../data/layer_number.mjs";
import { patchCell } from "../../data/patches.mjs";
import { instanceOf } from "../../data/run_meta.mjs";
import { keptBy } from "../trust.mjs";
import { tokenWord } from "../../data/token_names.mjs";

/**
 * @typedef {import("../picture.mjs").Picture} Picture
 * @typedef {import("../../data/run_meta.mjs").Encoding} Encoding
 * @typedef {import("../../data/run_meta.mjs").TokenRef & {layer: number, head: number}} HeadPoint
 * @typedef {{value: number | null, kept: import("../trust.mjs").Kept | null}} Details  null for unknown and for none
 */

/** @type {Details} */
const UNKNOWN = { value: null, kept: null };

/**
 * Lines of a point's tooltip: token, side and position, and once they are loaded the value of the encoding and what the
 * layout keeps of the point.
 *
 * @param {Picture} picture
 * @param {HeadPoint} point
 * @param {Details} [details]
 * @returns {string[]}
 */
export function describePoint({ run, tokens, encoding, view }, { token, side, layer, head }, { value, kept } = UNKNOWN) {
  const instance = instanceOf(tokens.offsets, token);
  const position = token - tokens.offsets[instance];
  const last = tokens.offsets[instance + 1] - tokens.offsets[instance] - 1;
  const lines = [tokenWord(tokens, token), `${side}, position ${position} of ${last}`];
  if (tokens.grid) {
    const place = patchCell(tokens, token);
    const where = place ? `, row ${place.row}, column ${place.column}` : "";
    lines[1] = `${side} in ${tokens.instances[instance]}${where}`;
  }
  const words = value === null ? "" : describeValue(encoding, value);
  if (words) lines.push(`${encoding.label}: ${words}`);
  if (kept) {
    const partners = side === "query" ? "keys" : "queries";
    lines.push(`trust: ${percent(kept.partners)} of 10 strongest ${partners} near${kept.twoStarts ? ", in two starts" : ""}`);
    lines.push(`neighbors kept: ${percent(kept.neighbors)} of 15`);
  }
  if (view.view === "matrix") lines.push(headName({ layer, head }, run.meta.model));
  return lines;
}

/**
 * @param {{layer: number, head: number}} head
 * @param {import("../../data/layer_number.mjs").Numbered} [model] names the layer by its own number
 */
export function headName({ layer, head }, model = {}) {
  return `Layer ${layerNumber(model, layer)} Head ${head}`;
}

/**
 * Load the encoding's value of one point, and what the layout keeps of it.
 *
 * @param {Picture} picture
 * @param {HeadPoint} point
 * @returns {Promise<Details>}
 */
export async function loadDetails(picture, point) {
  const number = point.token + (point.side === "key" ? picture.order.length / 2 : 0);
  const [value, kept] = await Promise.all([encodingValue(picture, point), keptBy(picture, point, number)]);
  return { value, kept };
}

/**
 * @param {Picture} picture
 * @param {HeadPoint} point
 * @returns {Promise<number | null>}
 */
async function encodingValue({ run, encoding, order }, { token, side, layer, head }) {
  if (encoding.kind === "type" || encoding.kind === "patch") return null;
  const name = `encoding.${encoding.name}`;
  if (!(name in run.meta.arrays)) return null;
  const values = encoding.per_head ? await run.array(name, layer, head) : await run.array(name);
  const nTokens = order.length / 2;
  return values[values.length === nTokens || side === "query" ? token : nTokens + token];
}

/** @param {number} share */
function percent(share) {
  return `${Math.round(100 * share)} %`;
}

/**
 * @param {Encoding} encoding
 * @param {number} value
 */
function describeValue({ kind, categories }, value) {
  if (!Number.isFinite(value)) return "no value";
  if (kind === "categorical" || kind === "boolean") return categories[value] ?? String(value);
  return String(Number(value.toPrecision(3)));
}
