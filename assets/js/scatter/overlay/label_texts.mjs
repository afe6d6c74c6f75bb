import { tokenName } from "../../data/token_names.mjs";
import { CLICKED, HIDDEN, isEmphasized } from "../emphasis.mjs";
import { isDoubted } from "../trust.mjs";
import { LABEL_FONT } from "./labels.mjs";

/**
 * @typedef {import("../picture.mjs").Picture} Picture
 * @typedef {import("../emphasis.mjs").Emphasis} Emphasis
 * @typedef {import("../emphasis.mjs").Selection} Selection
 */

/**
 * Yield the vertices to label, most important first: the emphasized ones, or all that do not fade in their fixed shuffled
 * order, so that labels stay while zooming in.
 *
 * @param {Picture} picture
 * @param {Emphasis} emphasis
 * @param {number} first index of the head's first vertex over heads and vertices
 * @returns {Generator<number>}
 */
export function* labelCandidates({ order, trust }, { codes, active }, first) {
  if (active) {
    const isClicked = (/** @type {number} */ vertex) => codes[order[vertex]] === CLICKED;
    const strong = Array.from(order.keys()).filter((vertex) => isEmphasized(codes[order[vertex]]));
    yield* strong.filter(isClicked);
    yield* strong.filter((vertex) => !isClicked(vertex));
  } else {
    for (let vertex = 0; vertex < order.length; vertex++) {
      if (codes[order[vertex]] !== HIDDEN && !isDoubted(trust, first + vertex)) yield vertex;
    }
  }
}

/**
 * Text of a point's label: the token, after its position for words of the selected sentence.
 *
 * @param {Picture} picture
 * @param {Selection | null} selection
 * @param {number} point
 */
export function labelText({ tokens, order }, selection, point) {
  const token = point % (order.length / 2);
  const text = tokenName(tokens, token);
  const member = selection !== null && token >= selection.start && token < selection.end;
  return member && !tokens.grid ? `${token - selection.start}:${text}` : text;
}

/**
 * Create a function that measures labels, each text once.
 *
 * @returns {(text: string) => number} width of a label in pixels
 */
export function textMeter() {
  const context = document.createElement("canvas").getContext("2d");
  if (context) context.font = LABEL_FONT;
  /** @type {Map<string, number>} */
  const known = new Map();
  return (text) => {
    let width = known.get(text);
    if (width === undefined) {
      width = context ? context.measureText(text).width : 7 * text.length;
      known.set(text, width);
    }
    return width;
  };
}
