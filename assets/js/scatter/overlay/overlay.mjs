import { LABEL_FONT } from "./labels.mjs";

/**
 * Drawing under and over the points, on 2D canvases whose unit is a CSS pixel.
 *
 * @typedef {import("../theme.mjs").Theme} Theme
 * @typedef {import("./labels.mjs").Label} Label
 * @typedef {import("../camera/cells.mjs").Rect} Rect
 * @typedef {{x1: number, y1: number, x2: number, y2: number, weight: number}} Segment  an attention line, weight 0..1
 */

/**
 * Draw the frames of cells in one path.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Iterable<Rect>} cells
 * @param {{color: string, width: number, opacity: number}} stroke
 */
export function drawFrames(context, cells, { color, width, opacity }) {
  context.save();
  context.globalAlpha = opacity;
  context.strokeStyle = color;
  context.lineWidth = width;
  context.beginPath();
  for (const { x, y, width: w, height: h } of cells) {
    const [left, top] = [Math.round(x) + 0.5, Math.round(y) + 0.5];
    context.rect(left, top, Math.round(x + w) + 0.5 - left, Math.round(y + h) + 0.5 - top);
  }
  context.stroke();
  context.restore();
}

/**
 * Draw a faint fill and an opaque frame in the color of a head's value.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Rect} cell
 * @param {string[]} ramp CSS colors from 0 to 1
 * @param {number} value
 */
export function drawTint(context, cell, ramp, value) {
  const color = ramp[Math.round(Math.min(1, Math.max(0, value)) * (ramp.length - 1))];
  context.save();
  context.fillStyle = color;
  context.globalAlpha = 0.28;
  context.fillRect(cell.x, cell.y, cell.width, cell.height);
  context.restore();
  drawFrames(context, [cell], { color, width: 2, opacity: 1 });
}

/**
 * Draw attention lines from queries to keys, opacity = weight.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Iterable<Segment>} segments
 * @param {Theme} theme
 */
export function drawLines(context, segments, theme) {
  context.save();
  context.strokeStyle = theme.line;
  context.lineWidth = 1.75;
  context.lineCap = "round";
  for (const { x1, y1, x2, y2, weight } of segments) {
    context.globalAlpha = Math.min(1, Math.max(0, weight));
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    context.stroke();
  }
  context.restore();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Label[]} labels
 * @param {Theme} theme
 * @param {(vertex: number) => boolean} isKey
 */
export function drawLabels(context, labels, theme, isKey) {
  context.save();
  context.font = LABEL_FONT;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 4;
  context.strokeStyle = theme.background;
  for (const { text, x, y } of labels) context.strokeText(text, x, y);
  for (const { vertex, text, x, y } of labels) {
    context.fillStyle = isKey(vertex) ? theme.labelKey : theme.labelQuery;
    context.fillText(text, x, y);
  }
  context.restore();
}

/**
 * Draw a ring around a point, or a square frame around a patch.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {Theme} theme
 * @param {boolean} square
 */
export function drawRing(context, x, y, radius, theme, square) {
  context.save();
  for (const [color, width] of /** @type {const} */ ([
    [theme.background, 4],
    [theme.text, 1.75],
  ])) {
    context.strokeStyle = color;
    context.lineWidth = width;
    context.beginPath();
    if (square) context.roundRect(x - radius, y - radius, 2 * radius, 2 * radius, 2);
    else context.arc(x, y, radius, 0, 2 * Math.PI);
    context.stroke();
  }
  context.restore();
}

/**
 * Draw the region of the lasso.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {readonly (readonly [number, number])[]} polygon
 * @param {Theme} theme
 */
export function drawRegion(context, polygon, theme) {
  context.save();
  context.beginPath();
  for (const [x, y] of polygon) context.lineTo(x, y);
  context.closePath();
  context.fillStyle = context.strokeStyle = theme.focus;
  context.globalAlpha = 0.12;
  context.fill();
  context.globalAlpha = 1;
  context.setLineDash([5, 4]);
  context.lineWidth = 1.25;
  context.stroke();
  context.restore();
}
