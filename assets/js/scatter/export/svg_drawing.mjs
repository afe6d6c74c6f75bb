import { svgDocument } from "../../kit/shapes.mjs";

/**
 * One head as an SVG document: points or patches, attention lines and labels.
 *
 * @typedef {import("../../kit/shapes.mjs").Markup} Markup
 * @typedef {import("../overlay/overlay.mjs").Segment} Segment
 * @typedef {{x: number, y: number, radius: number, fill: string, opacity: number, ring: string | null, text?: string}} Circle
 * @typedef {{x: number, y: number, width: number, height: number, frame: string, frameWidth: number, tint: number,
 *   opacity: number, ring: string | null, picture: number, cut: number[]}} Patch  a part of a picture (cut: x, y, width and
 *   height of it) about x, y; tint: opacity of the frame's color over it
 * @typedef {{number: number, width: number, height: number, href: string}} Picture
 * @typedef {{x: number, y: number, text: string, fill: string}} TextLabel  x: left end, y: middle
 * @typedef {{width: number, height: number, background: string, title: string, marks: (Circle | Patch)[],
 *   pictures: Picture[], lines: Segment[], lineColor: string, labels: TextLabel[]}} Drawing
 */

const FONT = "system-ui, sans-serif";

/**
 * @param {Drawing} drawing
 * @returns {string}
 */
export function svgOf({ width, height, background, title, marks, pictures, lines, lineColor, labels }) {
  const lettering = { "font-family": FONT, "font-size": 12, "dominant-baseline": "central" };
  const halo = { "paint-order": "stroke", stroke: background, "stroke-width": 4, "stroke-linejoin": "round" };
  const icons = { "font-family": FONT, "font-weight": 700, "text-anchor": "middle" };
  const strokes = { stroke: lineColor, "stroke-width": 1.75, "stroke-linecap": "round" };
  return svgDocument({ width, height }, [
    { tag: "title", text: title },
    { tag: "rect", attributes: { width, height, fill: background } },
    ...(pictures.length > 0 ? [group({}, pictures.map(pictureMarkup), "defs")] : []),
    group(icons, marks.flatMap((mark) => ("cut" in mark ? [patchMarkup(mark)] : circleMarkup(mark)))),
    group(strokes, lines.map(lineMarkup)),
    group({ ...lettering, ...halo }, labels.map(labelMarkup)),
  ]);
}

/**
 * @param {Record<string, string | number>} attributes
 * @param {Markup[]} children
 * @param {"g" | "defs"} tag
 * @returns {Markup}
 */
function group(attributes, children, tag = "g") {
  return { tag, attributes, children };
}

/**
 * @param {Circle} circle
 * @returns {Markup[]} with its text, if it has one
 */
function circleMarkup({ x, y, radius, fill, opacity, ring, text }) {
  const at = { cx: round(x), cy: round(y), r: round(radius) };
  /** @type {Markup} */
  const circle = { tag: "circle", attributes: { ...at, fill, "fill-opacity": round(opacity), ...(ring !== null && { stroke: ring }) } };
  if (text === undefined) return [circle];
  const lettering = { "font-size": round(0.7 * radius), "dominant-baseline": "central" };
  const attributes = { x: round(x), y: round(y), ...lettering, fill: "#fff", "fill-opacity": round(opacity) };
  return [circle, { tag: "text", attributes, text }];
}

/**
 * @param {Picture} picture
 * @returns {Markup}
 */
function pictureMarkup({ number, width, height, href }) {
  return { tag: "image", attributes: { id: `picture-${number}`, width, height, href } };
}

/**
 * A patch is a window onto its picture, so that the document contains each picture once.
 *
 * @param {Patch} patch
 * @returns {Markup}
 */
function patchMarkup({ x, y, width, height, frame, frameWidth, tint, opacity, ring, picture, cut }) {
  const box = (/** @type {number} */ inset) => ({
    x: round(x - width / 2 + inset),
    y: round(y - height / 2 + inset),
    width: round(width - 2 * inset),
    height: round(height - 2 * inset),
  });
  const shown = { ...box(0), viewBox: cut.join(" "), preserveAspectRatio: "none" };
  const fill = { fill: tint > 0 ? frame : "none", ...(tint > 0 && { "fill-opacity": round(tint) }) };
  /** @type {Markup[]} */
  const parts = [
    { tag: "svg", attributes: shown, children: [{ tag: "use", attributes: { href: `#picture-${picture}` } }] },
    { tag: "rect", attributes: { ...box(frameWidth / 2), ...fill, stroke: frame, "stroke-width": round(frameWidth) } },
  ];
  if (ring !== null) parts.push({ tag: "rect", attributes: { ...box(-0.75), fill: "none", stroke: ring, "stroke-width": 1.5 } });
  return group({ opacity: round(opacity) }, parts);
}

/**
 * @param {Segment} segment
 * @returns {Markup}
 */
function lineMarkup({ x1, y1, x2, y2, weight }) {
  return { tag: "line", attributes: { x1: round(x1), y1: round(y1), x2: round(x2), y2: round(y2), "stroke-opacity": round(weight) } };
}

/**
 * @param {TextLabel} label
 * @returns {Markup}
 */
function labelMarkup({ x, y, text, fill }) {
  return { tag: "text", attributes: { x: round(x), y: round(y), fill }, text };
}

/** @param {number} value */
function round(value) {
  return Number(value.toFixed(2));
}
