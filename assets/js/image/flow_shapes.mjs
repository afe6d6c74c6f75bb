/** Attention over a picture as shapes: an arrow to another token, a circle for itself, a square for a prefix token. */

import { areaOf } from "./stage_layout.mjs";

/** @typedef {import("../kit/shapes.mjs").Group} Group */
/** @typedef {import("../kit/shapes.mjs").Path} Path */
/** @typedef {import("../sentence/weights.mjs").Line} Line */
/** @typedef {import("./stage_layout.mjs").Area} Area */
/** @typedef {import("./stage_layout.mjs").StageLayout} StageLayout */
/** @typedef {"arrow"|"circle"|"square"} Mark */
/** @typedef {{color: string, casing: string}} FlowColors `casing` surrounds the marks, to part them from any picture */
/**
 * @typedef {object} FlowLook
 * @property {number} width of the stroke, pixels
 * @property {number} opacity
 */

const BEND = 0.12;
const CASING = 2;
const SMALLEST_HEAD = 5;
/** Of a patch: where many arrows end in one, their heads stand around its middle, not on one another. */
const SHORT_OF_MIDDLE = 0.28;

/**
 * @param {StageLayout} layout
 * @param {Line} line
 * @returns {Mark} what stands for a pair of tokens
 */
export function markOf({ grid }, { query, key }) {
  if (query === key) return "circle";
  return key < grid.nPrefix && query >= grid.nPrefix ? "square" : "arrow";
}

/**
 * How strong a pair looks where every pair is drawn.
 *
 * @param {StageLayout} layout
 * @param {number} weight 0..1, or its share of the strongest
 * @returns {FlowLook} opacity is that number; the width grows with it to a fifth of a patch
 */
export function weightedLook(layout, weight) {
  const { width, height } = areaOf(layout, layout.grid.nPrefix);
  return { width: Math.max(1, (weight * Math.min(width, height)) / 5), opacity: Number(weight.toPrecision(6)) };
}

/**
 * @param {StageLayout} layout
 * @param {Line} line
 * @param {FlowLook} look
 * @param {FlowColors} colors
 * @param {boolean} named whether the key is a token called CLS; the squares of others are hollow
 * @returns {Group} with the pair and its weight as data
 */
export function flowShape(layout, line, look, colors, named) {
  const mark = markOf(layout, line);
  const from = areaOf(layout, line.query);
  const size = Math.min(from.width, from.height);
  const shapes =
    mark === "arrow"
      ? arrow(exitOf(layout, line.query), exitOf(layout, line.key), size * SHORT_OF_MIDDLE, look.width, colors)
      : mark === "circle"
        ? outlined(ring(middle(from), size * 0.3), look.width, colors)
        : square(middle(from), size * 0.32, look.width, colors, named);
  const data = { mark, query: line.query, key: line.key, weight: Number(line.weight.toPrecision(6)) };
  return { kind: "group", x: 0, y: 0, opacity: look.opacity, shapes, data };
}

/**
 * @param {Area} area
 * @returns {[number, number]}
 */
function middle({ x, y, width, height }) {
  return [x + width / 2, y + height / 2];
}

/**
 * @param {StageLayout} layout
 * @param {number} token
 * @returns {[number, number]} where arrows end: the middle of a patch, the edge of a box that faces the picture
 */
function exitOf(layout, token) {
  const area = areaOf(layout, token);
  return token < layout.grid.nPrefix ? [area.x + area.width, area.y + area.height / 2] : middle(area);
}

/**
 * A bent arrow, so that there and back do not cover each other.
 *
 * @param {[number, number]} from
 * @param {[number, number]} to
 * @param {number} before how far before that it ends, pixels
 * @param {number} width
 * @param {FlowColors} colors
 * @returns {Path[]}
 */
function arrow([x1, y1], to, before, width, colors) {
  const [dx, dy] = [to[0] - x1, to[1] - y1];
  const [bendX, bendY] = [x1 + dx / 2 - dy * BEND, y1 + dy / 2 + dx * BEND];
  const length = Math.hypot(to[0] - bendX, to[1] - bendY) || 1;
  const [ux, uy] = [(to[0] - bendX) / length, (to[1] - bendY) / length];
  const [x2, y2] = [to[0] - ux * before, to[1] - uy * before];
  const head = Math.min(SMALLEST_HEAD + 1.5 * width, Math.hypot(dx, dy) * 0.6);
  const [neckX, neckY] = [x2 - ux * head, y2 - uy * head];
  const half = head * 0.55;
  const shaft = `M${near(x1)} ${near(y1)}Q${near(bendX)} ${near(bendY)} ${near(neckX)} ${near(neckY)}`;
  const left = `${near(neckX - uy * half)} ${near(neckY + ux * half)}`;
  const right = `${near(neckX + uy * half)} ${near(neckY - ux * half)}`;
  const tip = `M${near(x2)} ${near(y2)}L${left}L${right}Z`;
  return [
    { kind: "path", d: shaft, stroke: colors.casing, width: width + CASING },
    { kind: "path", d: tip, stroke: colors.casing, width: CASING },
    { kind: "path", d: shaft, stroke: colors.color, width },
    { kind: "path", d: tip, fill: colors.color, width: 0 },
  ];
}

/**
 * @param {[number, number]} center
 * @param {number} radius
 * @returns {string} an arc that leaves a quarter open, as a path
 */
function ring([x, y], radius) {
  return `M${near(x)} ${near(y - radius)}A${near(radius)} ${near(radius)} 0 1 1 ${near(x - radius)} ${near(y)}`;
}

/**
 * @param {[number, number]} center
 * @param {number} side
 * @param {number} width
 * @param {FlowColors} colors
 * @param {boolean} filled
 * @returns {Path[]}
 */
function square([x, y], side, width, colors, filled) {
  const d = `M${near(x - side / 2)} ${near(y - side / 2)}h${near(side)}v${near(side)}h${near(-side)}Z`;
  if (!filled) return outlined(d, width, colors);
  return [
    { kind: "path", d, stroke: colors.casing, width: CASING },
    { kind: "path", d, fill: colors.color, width: 0 },
  ];
}

/**
 * @param {string} d
 * @param {number} width
 * @param {FlowColors} colors
 * @returns {Path[]}
 */
function outlined(d, width, { color, casing }) {
  return [
    { kind: "path", d, stroke: casing, width: width + CASING },
    { kind: "path", d, stroke: color, width },
  ];
}

/**
 * @param {number} value
 * @returns {number} to a tenth of a pixel, which is all that is seen
 */
function near(value) {
  return Math.round(value * 10) / 10;
}
