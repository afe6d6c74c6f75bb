/** Attention over a picture as shapes: an arrow to another token, a circle for itself, a square for a prefix token. */

import { areaOf } from "./stage_layout.mjs";

/** @typedef {import("../kit/shapes.mjs").Group} Group */
/** @typedef {import("../kit/shapes.mjs").Path} Path */
/** @typedef {import("../kit/weights.mjs").Line} Line */
/** @typedef {import("./stage_layout.mjs").Area} Area */
/** @typedef {import("./stage_layout.mjs").StageLayout} StageLayout */
/** @typedef {"arrow"|"circle"|"square"} Mark */
/** @typedef {{color: string, casing: string}} FlowColors `casing` outlines the marks, for contrast on any picture */
/**
 * @typedef {object} FlowStyle
 * @property {number} width of the stroke, pixels
 * @property {number} opacity
 */

const BEND = 0.12;
const CASING = 2;
const SMALLEST_HEAD = 5;
/** Distance of arrow heads from the center of a patch, as a share of its side: heads of several arrows stay apart. */
const SHORT_OF_MIDDLE = 0.28;

/**
 * @param {StageLayout} layout
 * @param {Line} line
 * @returns {Mark} mark of a pair of tokens
 */
export function markOf({ grid }, { query, key }) {
  if (query === key) return "circle";
  return key < grid.nPrefix && query >= grid.nPrefix ? "square" : "arrow";
}

/**
 * Style of a pair by its weight, for a mode that draws every pair.
 *
 * @param {StageLayout} layout
 * @param {number} weight 0..1, or its share of the strongest
 * @returns {FlowStyle} opacity is that number; the width grows with it to a fifth of a patch
 */
export function weightedStyle(layout, weight) {
  const { width, height } = areaOf(layout, layout.grid.nPrefix);
  return { width: Math.max(1, (weight * Math.min(width, height)) / 5), opacity: Number(weight.toPrecision(6)) };
}

/**
 * @param {StageLayout} layout
 * @param {Line} line
 * @param {FlowStyle} style
 * @param {FlowColors} colors
 * @param {boolean} named whether the key is a token called CLS; the squares of others are hollow
 * @returns {Group} with the pair and its weight as data
 */
export function flowShape(layout, line, style, colors, named) {
  const mark = markOf(layout, line);
  const from = areaOf(layout, line.query);
  const size = Math.min(from.width, from.height);
  const shapes =
    mark === "arrow"
      ? arrow(exitOf(layout, line.query), exitOf(layout, line.key), size * SHORT_OF_MIDDLE, style.width, colors)
      : mark === "circle"
        ? outlined(ring(middle(from), size * 0.3), style.width, colors)
        : square(middle(from), size * 0.32, style.width, colors, named);
  const data = { mark, query: line.query, key: line.key, weight: Number(line.weight.toPrecision(6)) };
  return { kind: "group", x: 0, y: 0, opacity: style.opacity, shapes, data };
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
 * @returns {[number, number]} end of arrows: the center of a patch, or the edge of a box that faces the picture
 */
function exitOf(layout, token) {
  const area = areaOf(layout, token);
  return token < layout.grid.nPrefix ? [area.x + area.width, area.y + area.height / 2] : middle(area);
}

/**
 * A bent arrow, so that opposite arrows do not cover each other.
 *
 * @param {[number, number]} from
 * @param {[number, number]} to
 * @param {number} before gap at the end, in pixels
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
 * @returns {number} rounded to a tenth of a pixel
 */
function near(value) {
  return Math.round(value * 10) / 10;
}
