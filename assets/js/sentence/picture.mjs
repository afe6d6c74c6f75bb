/** The graph or the heat map of a sentence as a list of shapes. */

import { middleOf, strongest } from "./geometry.mjs";
import { darkness } from "./heat_geometry.mjs";
import { hex, mix } from "../kit/colors.mjs";

/** @typedef {import("./choices.mjs").Choices} Choices */
/** @typedef {import("../kit/colors.mjs").Palette} Palette */
/** @typedef {import("./pattern_model.mjs").PatternModel} PatternModel */
/** @typedef {import("../kit/shapes.mjs").Box} Box */
/** @typedef {import("../kit/shapes.mjs").Lettering} Lettering */
/** @typedef {import("../kit/shapes.mjs").Picture} Picture */
/** @typedef {import("../kit/shapes.mjs").Stroke} Stroke */
/** @typedef {import("../kit/shapes.mjs").Text} Text */

const ROW = 22;
const COLUMN = 160;
const GAP = 240;
const TITLE = 36;
const CELL = 16;
const GUTTER = 110;
const LONGEST = 22;

/**
 * @param {PatternModel} model
 * @param {Choices} choices
 * @param {Palette} palette
 * @param {string} title
 * @returns {Picture} of the lines or the matrix, whichever is chosen
 */
export function pictureOf(model, choices, palette, title) {
  return choices.form === "lines"
    ? linesPicture(model, choices, palette, title)
    : matrixPicture(model, choices, palette, title);
}

/**
 * @param {PatternModel} model
 * @param {Choices} choices
 * @param {Palette} palette
 * @param {string} title
 * @returns {Picture}
 */
function linesPicture(model, choices, palette, title) {
  const width = 2 * COLUMN + GAP;
  const height = TITLE + model.texts.length * ROW + 8;
  const y = (/** @type {number} */ token) => TITLE + middleOf(token, ROW);
  const lines = model.lines(choices);
  const strokes = strongest(lines, lines.length).map(({ query, key, weight }) => {
    const ends = { x1: COLUMN, y1: y(query), x2: COLUMN + GAP, y2: y(key) };
    const opacity = Number(weight.toPrecision(6));
    return /** @type {Stroke} */ ({ kind: "line", ...ends, color: hex(palette.line), opacity });
  });
  const labels = ["query", "key"].flatMap((side) =>
    model.texts.map((text, token) => {
      const hidden = (side === "query" ? choices.hiddenQueries : choices.hiddenKeys).has(token);
      const bold = choices.selected?.side === side && choices.selected.token === token;
      const strong = side === "query" ? palette.query : palette.key;
      const color = bold ? strong : hidden ? palette.muted : palette.text;
      const x = side === "query" ? COLUMN - 6 : COLUMN + GAP + 6;
      return label(text, x, y(token), hex(color), { bold, end: side === "query" });
    }),
  );
  return { width, height, shapes: [...frame(width, height, title, palette), ...strokes, ...labels] };
}

/**
 * @param {PatternModel} model
 * @param {Choices} choices
 * @param {Palette} palette
 * @param {string} title
 * @returns {Picture} with a box for every cell from the threshold
 */
function matrixPicture(model, choices, palette, title) {
  const { length, causal } = model.subject;
  const size = GUTTER + length * CELL;
  const weights = model.weights(choices);
  /** @type {Box[]} */
  const boxes = [];
  for (let query = 0; query < length; query++) {
    for (let key = 0; key < (causal ? query + 1 : length); key++) {
      const weight = weights[query * length + key];
      if (weight === 0 || weight < choices.threshold) continue;
      const color = hex(mix(palette.background, palette.line, darkness(weight)));
      const [x, y] = [GUTTER + key * CELL, TITLE + GUTTER + query * CELL];
      boxes.push({ kind: "box", x, y, width: CELL - 1, height: CELL - 1, color });
    }
  }
  const labels = model.texts.flatMap((text, token) => {
    const middle = GUTTER + middleOf(token, CELL);
    return [
      label(text, GUTTER - 6, TITLE + middle, hex(palette.text), { end: true }),
      label(text, middle, TITLE + GUTTER - 6, hex(palette.text), { turned: true }),
    ];
  });
  const [width, height] = [size + 8, TITLE + size + 8];
  return { width, height, shapes: [...frame(width, height, title, palette), ...boxes, ...labels] };
}

/**
 * @param {number} width
 * @param {number} height
 * @param {string} title
 * @param {Palette} palette
 * @returns {[Box, Text]} the ground and the title
 */
function frame(width, height, title, palette) {
  const lettering = { bold: true, end: false, turned: false };
  return [
    { kind: "box", x: 0, y: 0, width, height, color: hex(palette.background) },
    { kind: "text", x: 12, y: 18, text: title, color: hex(palette.text), ...lettering },
  ];
}

/**
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {string} color
 * @param {Partial<Lettering>} how
 * @returns {Text}
 */
function label(text, x, y, color, { bold = false, end = false, turned = false }) {
  const characters = Array.from(text);
  const short = characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join("")}…` : text;
  return { kind: "text", x, y, text: short, color, bold, end, turned };
}
