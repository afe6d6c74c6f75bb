import { CLICKED, CLICKED_SCALE, HIDDEN, HIT, KEPT } from "../emphasis.mjs";
import { embeddedPictures, spriteMark } from "./sprite_marks.mjs";
import { headName } from "../input/point_description.mjs";
import { isDoubted } from "../trust.mjs";
import { FADED } from "../gl/shaders.mjs";

/**
 * @typedef {import("../composition.mjs").Composition} Composition
 * @typedef {import("../picture.mjs").Picture} Picture
 * @typedef {import("./svg_drawing.mjs").Drawing} Drawing
 */

/**
 * Drawing of the head in Single View, styled as on the screen.
 *
 * @param {Composition} composition
 * @param {Uint8Array | null} palette texels [2, 256, 4]
 * @returns {Drawing}
 */
export function drawingOf(composition, palette) {
  const { picture, viewpoint, theme, labels } = composition;
  if (!picture || !viewpoint.head || !palette)
    throw new Error("Open one head first. A drawing of all heads would be too large.");
  const { layer, head } = viewpoint.head;
  const marks = marksOf(composition, picture, palette, layer, head);
  const used = new Set(marks.flatMap((mark) => ("cut" in mark ? [mark.picture] : [])));
  const isKey = (/** @type {number} */ vertex) => picture.order[vertex] >= picture.order.length / 2;
  return {
    ...viewpoint.stage,
    background: theme.background,
    title: `${picture.run.meta.name}, ${headName(viewpoint.head, picture.run.meta.model)}`,
    marks,
    pictures: picture.sprites ? embeddedPictures(used, picture.sprites) : [],
    lines: composition.segments(layer, head),
    lineColor: theme.line,
    labels: labels.map(({ vertex, text, x, y }) => ({
      x,
      y,
      text,
      fill: isKey(vertex) ? theme.labelKey : theme.labelQuery,
    })),
  };
}

/**
 * Points on the stage; emphasized ones last, so that they are on top.
 *
 * @param {Composition} composition
 * @param {Picture} picture
 * @param {Uint8Array} palette
 * @param {number} layer
 * @param {number} head
 */
function marksOf(composition, picture, palette, layer, head) {
  const { emphasis, style, theme, viewpoint, searchResult } = composition;
  const { order, colors, encoding, sizes, trust, sprites } = picture;
  const severalTerms = (searchResult?.terms.length ?? 0) > 1;
  const base = (layer * viewpoint.layout.nHeads + head) * order.length;
  const [rest, strong] =
    /** @type {import("./svg_drawing.mjs").Drawing["marks"][]} */ ([[], []]);
  const markOf = (/** @type {import("./svg_drawing.mjs").Circle} */ dot, /** @type {number} */ vertex) =>
    sprites ? spriteMark(dot, sprites.table[vertex], sprites, style) : dot;
  for (let vertex = 0; vertex < order.length; vertex++) {
    const point = order[vertex];
    const code = emphasis.codes[point];
    const [x, y] = composition.screenOf(layer, head, vertex);
    if (code === HIDDEN) continue;
    if (x < 0 || y < 0 || x > viewpoint.stage.width || y > viewpoint.stage.height) continue;
    const texel =
      ((point >= order.length / 2 ? 256 : 0) + (encoding.per_head ? colors[base + vertex] : colors[point])) * 4;
    const [red, green, blue] = palette.subarray(texel, texel + 3);
    const scale = (sizes ? sizes[point] : 128) / 128;
    const circle = { x, y, fill: `rgb(${red}, ${green}, ${blue})` };
    if (code > KEPT) {
      const ring = code >= HIT && severalTerms ? theme.terms[(code - HIT) % theme.terms.length] : theme.text;
      strong.push(markOf({ ...circle, radius: (style.emphasized / 2) * (code === CLICKED ? CLICKED_SCALE : 1), opacity: 1, ring }, vertex));
    } else {
      const faded = (emphasis.active && code < KEPT) || isDoubted(trust, base + vertex);
      const opacity = faded ? FADED : style.alpha;
      rest.push(markOf({ ...circle, radius: (style.size / 2) * scale, opacity, ring: null }, vertex));
    }
  }
  return [...rest, ...strong];
}
