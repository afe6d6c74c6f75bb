/** The graph or the heat map as a list of shapes, and that list as SVG or on a canvas. */

import { middleOf, strongest } from "./geometry.mjs";
import { darkness } from "./heat_geometry.mjs";
import { hex, mix } from "./palette.mjs";

/** @typedef {import("./choices.mjs").Choices} Choices */
/** @typedef {import("./palette.mjs").Palette} Palette */
/** @typedef {import("./pattern_model.mjs").PatternModel} PatternModel */
/** @typedef {{bold: boolean, end: boolean, turned: boolean}} Lettering */
/** @typedef {{kind: "text", x: number, y: number, text: string, colour: string} & Lettering} Text */
/** @typedef {{kind: "line", x1: number, y1: number, x2: number, y2: number, colour: string, opacity: number}} Stroke */
/** @typedef {{kind: "box", x: number, y: number, width: number, height: number, colour: string}} Box */
/** @typedef {{width: number, height: number, shapes: (Text|Stroke|Box)[]}} Picture */

const ROW = 22;
const COLUMN = 160;
const GAP = 240;
const TITLE = 36;
const CELL = 16;
const GUTTER = 110;
const FONT = "system-ui, sans-serif";
const FONT_SIZE = 13;
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
    return /** @type {Stroke} */ ({ kind: "line", ...ends, colour: hex(palette.line), opacity });
  });
  const labels = ["query", "key"].flatMap((side) =>
    model.texts.map((text, token) => {
      const hidden = (side === "query" ? choices.hiddenQueries : choices.hiddenKeys).has(token);
      const bold = choices.selected?.side === side && choices.selected.token === token;
      const strong = side === "query" ? palette.query : palette.key;
      const colour = bold ? strong : hidden ? palette.muted : palette.text;
      const x = side === "query" ? COLUMN - 6 : COLUMN + GAP + 6;
      return label(text, x, y(token), hex(colour), { bold, end: side === "query" });
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
      const colour = hex(mix(palette.background, palette.line, darkness(weight)));
      const [x, y] = [GUTTER + key * CELL, TITLE + GUTTER + query * CELL];
      boxes.push({ kind: "box", x, y, width: CELL - 1, height: CELL - 1, colour });
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
    { kind: "box", x: 0, y: 0, width, height, colour: hex(palette.background) },
    { kind: "text", x: 12, y: 18, text: title, colour: hex(palette.text), ...lettering },
  ];
}

/**
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {string} colour
 * @param {Partial<Lettering>} how
 * @returns {Text}
 */
function label(text, x, y, colour, { bold = false, end = false, turned = false }) {
  const characters = Array.from(text);
  const short = characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join("")}…` : text;
  return { kind: "text", x, y, text: short, colour, bold, end, turned };
}

/**
 * @param {Picture} picture
 * @returns {string} an SVG document
 */
export function toSvg({ width, height, shapes }) {
  const size = attributes({ width, height, viewBox: `0 0 ${width} ${height}` });
  const font = attributes({ "font-family": FONT, "font-size": FONT_SIZE });
  return `<svg xmlns="http://www.w3.org/2000/svg"${size}${font}>\n${shapes.map(shapeToSvg).join("\n")}\n</svg>\n`;
}

/**
 * @param {Text|Stroke|Box} shape
 * @returns {string}
 */
function shapeToSvg(shape) {
  if (shape.kind === "line") {
    const { x1, y1, x2, y2, colour, opacity } = shape;
    return `<line${attributes({ x1, y1, x2, y2, stroke: colour, "stroke-width": 2, "stroke-opacity": opacity })}/>`;
  }
  if (shape.kind === "box") {
    const { x, y, width, height, colour } = shape;
    return `<rect${attributes({ x, y, width, height, fill: colour })}/>`;
  }
  const { x, y, text, colour, bold, end, turned } = shape;
  const look = {
    ...{ x, y, fill: colour, "dominant-baseline": "central" },
    ...(bold && { "font-weight": 700 }),
    ...(end && { "text-anchor": "end" }),
    ...(turned && { transform: `rotate(-90 ${x} ${y})` }),
  };
  return `<text${attributes(look)}>${escape(text)}</text>`;
}

/**
 * @param {Record<string, string|number>} values numbers and words of our own
 * @returns {string}
 */
function attributes(values) {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${value}"`)
    .join("");
}

/**
 * @param {string} text
 * @returns {string} safe between the tags of XML 1.0, which has no control characters
 */
function escape(text) {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;");
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 */
export function paint(context, { shapes }) {
  context.textBaseline = "middle";
  context.lineWidth = 2;
  for (const shape of shapes) {
    context.globalAlpha = shape.kind === "line" ? shape.opacity : 1;
    context.fillStyle = context.strokeStyle = shape.colour;
    if (shape.kind === "box") context.fillRect(shape.x, shape.y, shape.width, shape.height);
    else if (shape.kind === "text") paintText(context, shape);
    else {
      context.beginPath();
      context.moveTo(shape.x1, shape.y1);
      context.lineTo(shape.x2, shape.y2);
      context.stroke();
    }
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Text} shape
 */
function paintText(context, { x, y, text, bold, end, turned }) {
  context.save();
  context.translate(x, y);
  if (turned) context.rotate(-Math.PI / 2);
  context.font = `${bold ? 700 : 400} ${FONT_SIZE}px ${FONT}`;
  context.textAlign = end ? "right" : "left";
  context.fillText(text, 0, 0);
  context.restore();
}
