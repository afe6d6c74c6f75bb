import { tokenName } from "../../data/token_names.mjs";
import { CLICKED, HIDDEN, standsOut } from "../emphasis.mjs";

/**
 * @typedef {import("../picture.mjs").Picture} Picture
 * @typedef {import("../emphasis.mjs").Emphasis} Emphasis
 * @typedef {import("../emphasis.mjs").Selection} Selection
 */

/**
 * The vertices to label, most important first: those that stand out, or all. Their fixed shuffle is the order, so that a
 * label that is there stays when one zooms in.
 *
 * @param {Picture} picture
 * @param {Emphasis} emphasis
 * @returns {Generator<number>}
 */
export function* labelCandidates({ order }, { codes, active }) {
  if (active) {
    const isClicked = (/** @type {number} */ vertex) => codes[order[vertex]] === CLICKED;
    const strong = Array.from(order.keys()).filter((vertex) => standsOut(codes[order[vertex]]));
    yield* strong.filter(isClicked);
    yield* strong.filter((vertex) => !isClicked(vertex));
  } else {
    for (let vertex = 0; vertex < order.length; vertex++) if (codes[order[vertex]] !== HIDDEN) yield vertex;
  }
}

/**
 * What a point's label says: the token, and before a word its position when its sentence is the selected one.
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
