/** A drawing as a list of shapes, written as an SVG document, as elements of the page, or on a canvas. */

import { svg } from "./elements.mjs";

/** @typedef {{bold: boolean, end: boolean, turned: boolean, middle?: boolean, size?: number}} Lettering */
/** @typedef {{kind: "text", x: number, y: number, text: string, color: string} & Lettering} Text */
/** @typedef {{kind: "line", x1: number, y1: number, x2: number, y2: number, color: string, opacity: number}} Stroke */
/**
 * @typedef {{kind: "box", x: number, y: number, width: number, height: number, color: string, opacity?: number,
 *   data?: Data}} Box a filled rectangle
 */
/**
 * @typedef {{kind: "path", d: string, stroke?: string, fill?: string, width: number}} Path outline of `width` pixels
 */
/**
 * @typedef {{kind: "raster", x: number, y: number, width: number, height: number, pixels: HTMLCanvasElement,
 *   crisp: boolean}} Raster an image; crisp: without smoothing
 */
/**
 * @typedef {{kind: "group", x: number, y: number, opacity: number, shapes: readonly Shape[], data?: Data}} Group moved
 *   by x and y, with one opacity
 */
/** @typedef {Text|Stroke|Box|Path|Raster|Group} Shape */
/** @typedef {Readonly<Record<string, string|number>>} Data attributes of the element on the page, as data-... */
/** @typedef {{width: number, height: number, shapes: readonly Shape[]}} Picture */
/** @typedef {keyof SVGElementTagNameMap} Tag */
/** @typedef {{tag: Tag, attributes?: Record<string, string|number>, text?: string, children?: readonly Markup[]}} Markup */

const FONT = "system-ui, sans-serif";
const FONT_SIZE = 13;
const LINE_WIDTH = 2;

/**
 * @param {Picture} picture
 * @returns {string} an SVG document
 */
export function toSvg({ width, height, shapes }) {
  return svgDocument({ width, height, "font-family": FONT, "font-size": FONT_SIZE }, shapes.map(markupOf));
}

/**
 * Write an SVG document, one element per line.
 *
 * @param {{width: number, height: number} & Record<string, string|number>} attributes of the root; sizes in pixels
 * @param {readonly Markup[]} children
 * @returns {string}
 */
export function svgDocument({ width, height, ...attributes }, children) {
  const xmlns = "http://www.w3.org/2000/svg";
  const root = { xmlns, width, height, viewBox: `0 0 ${width} ${height}`, ...attributes };
  return `${written({ tag: "svg", attributes: root, children })}\n`;
}

/**
 * @param {Markup} markup
 * @returns {string}
 */
function written({ tag, attributes = {}, text, children }) {
  const words = Object.entries(attributes).map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`);
  const opening = `${tag}${words.join("")}`;
  if (text === undefined && !children) return `<${opening}/>`;
  const content = children ? children.map(written).join("\n") : escapeXml(text ?? "");
  return `<${opening}>${content}</${tag}>`;
}

/** @type {Readonly<Record<string, string>>} */
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };

/**
 * Escape a text for XML 1.0, without the control characters that it forbids.
 *
 * @param {string} text
 * @returns {string}
 */
function escapeXml(text) {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
    .replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/**
 * @param {Shape} shape
 * @returns {SVGElement} for the page, with the data attributes of the shape and of the members of a group
 */
export function elementOf(shape) {
  const { tag, attributes, text } = markupOf(shape);
  const data = "data" in shape ? Object.entries(shape.data ?? {}) : [];
  const element = svg(tag, { ...attributes, ...Object.fromEntries(data.map(([name, value]) => [`data-${name}`, value])) });
  if (text !== undefined) element.textContent = text;
  if (shape.kind === "group") element.append(...shape.shapes.map(elementOf));
  return element;
}

/**
 * @param {Shape} shape
 * @returns {Markup}
 */
function markupOf(shape) {
  switch (shape.kind) {
    case "line": {
      const { x1, y1, x2, y2, color, opacity } = shape;
      const style = { stroke: color, "stroke-width": LINE_WIDTH, "stroke-opacity": opacity };
      return { tag: "line", attributes: { x1, y1, x2, y2, ...style } };
    }
    case "box": {
      const { x, y, width, height, color, opacity } = shape;
      const style = { fill: color, ...(opacity !== undefined && { "fill-opacity": opacity }) };
      return { tag: "rect", attributes: { x, y, width, height, ...style } };
    }
    case "path": {
      const { d, stroke = "none", fill = "none", width } = shape;
      return { tag: "path", attributes: { d, stroke, fill, "stroke-width": width, "stroke-linejoin": "round" } };
    }
    case "raster": {
      const { x, y, width, height, pixels, crisp } = shape;
      const attributes = { x, y, width, height, preserveAspectRatio: "none", href: pixels.toDataURL("image/png") };
      return { tag: "image", attributes: { ...attributes, ...(crisp && { style: "image-rendering: pixelated" }) } };
    }
    case "group": {
      const { x, y, opacity, shapes } = shape;
      const moved = (x !== 0 || y !== 0) && { transform: `translate(${x} ${y})` };
      return { tag: "g", attributes: { ...moved, ...(opacity !== 1 && { opacity }) }, children: shapes.map(markupOf) };
    }
    case "text":
      return { tag: "text", attributes: letteringOf(shape), text: shape.text };
  }
}

/**
 * @param {Text} text
 * @returns {Record<string, string|number>}
 */
function letteringOf({ x, y, color, bold, end, turned, middle, size }) {
  return {
    ...{ x, y, fill: color, "dominant-baseline": "central" },
    ...(bold && { "font-weight": 700 }),
    ...(size && { "font-size": size }),
    ...((end || middle) && { "text-anchor": end ? "end" : "middle" }),
    ...(turned && { transform: `rotate(-90 ${x} ${y})` }),
  };
}

/**
 * Paint a picture at the origin of a canvas.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 */
export function paint(context, { shapes }) {
  context.textBaseline = "middle";
  context.lineJoin = "round";
  for (const shape of shapes) paintShape(context, shape, 1);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Shape} shape
 * @param {number} opacity of the group it is in
 */
function paintShape(context, shape, opacity) {
  context.globalAlpha = opacity * ("opacity" in shape ? (shape.opacity ?? 1) : 1);
  if ("color" in shape) context.fillStyle = context.strokeStyle = shape.color;
  switch (shape.kind) {
    case "box":
      return context.fillRect(shape.x, shape.y, shape.width, shape.height);
    case "text":
      return paintText(context, shape);
    case "line":
      return paintPath(context, new Path2D(`M${shape.x1} ${shape.y1}L${shape.x2} ${shape.y2}`), LINE_WIDTH, shape.color);
    case "path":
      return paintPath(context, new Path2D(shape.d), shape.width, shape.stroke, shape.fill);
    case "raster":
      context.imageSmoothingEnabled = !shape.crisp;
      return context.drawImage(shape.pixels, shape.x, shape.y, shape.width, shape.height);
    case "group":
      context.translate(shape.x, shape.y);
      for (const part of shape.shapes) paintShape(context, part, opacity * shape.opacity);
      context.translate(-shape.x, -shape.y);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Path2D} path
 * @param {number} width
 * @param {string} [stroke]
 * @param {string} [fill]
 */
function paintPath(context, path, width, stroke, fill) {
  if (fill) {
    context.fillStyle = fill;
    context.fill(path);
  }
  if (stroke) {
    context.lineWidth = width;
    context.strokeStyle = stroke;
    context.stroke(path);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Text} shape
 */
function paintText(context, { x, y, text, bold, end, turned, middle, size }) {
  context.save();
  context.translate(x, y);
  if (turned) context.rotate(-Math.PI / 2);
  context.font = `${bold ? 700 : 400} ${size ?? FONT_SIZE}px ${FONT}`;
  context.textAlign = end ? "right" : middle ? "center" : "left";
  context.fillText(text, 0, 0);
  context.restore();
}
