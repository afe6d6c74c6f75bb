/** Everything over the picture as shapes: heat, arrows, frames, and the boxes of the prefix tokens. */

import { drawsArrows, focusOf } from "./image_choices.mjs";
import { flowShape, weightedStyle } from "./flow_shapes.mjs";
import { areaOf } from "./stage_layout.mjs";

/** @typedef {import("../kit/shapes.mjs").Shape} Shape */
/** @typedef {import("../kit/weights.mjs").Line} Line */
/** @typedef {import("./image_choices.mjs").ImageChoices} ImageChoices */
/** @typedef {import("./image_model.mjs").Heat} Heat */
/** @typedef {import("./image_model.mjs").ImageModel} ImageModel */
/** @typedef {import("./stage_layout.mjs").Area} Area */
/** @typedef {import("./stage_layout.mjs").StageLayout} StageLayout */
/** @typedef {import("../kit/colors.mjs").ImageColors} ImageColors */

/** Most arrows: more would cover each other and the picture. */
export const MOST_ARROWS = 500;
/** Share of a patch's side that its heat covers; the rest shows the picture. */
export const HEAT_SHARE = 0.7;
const VEIL = 0.55;
const FADED = 0.12;
const HIGHEST_WIDTH = 2;
const ROOMY_BOX = 44;

/**
 * @param {StageLayout} layout
 * @param {ImageModel} model
 * @param {ImageChoices} choices
 * @param {ImageColors} colors
 * @param {number} share of the side of a patch that heat covers
 * @returns {Shape[]} from bottom to top
 */
export function stageShapes(layout, model, choices, colors, share = HEAT_SHARE) {
  const heat = drawsArrows(choices.mode) ? null : model.heat(choices);
  const most = heat ? opaqueFrom(model, heat, choices) : 1;
  const veil = choices.dim && heat ? [veilOver(layout, colors)] : [];
  const marks = heat ? heatShapes(layout, heat, most, share, colors) : arrowShapes(layout, model, choices, colors);
  const boxes = layout.prefix.flatMap((_, token) => boxShapes(layout, token, model, choices, heat, most, colors));
  return [...veil, ...boxes, ...marks, ...frames(layout, choices, colors)];
}

/**
 * @param {StageLayout} layout
 * @param {ImageColors} colors
 * @returns {Shape} edges of the patches, for a stage without a picture
 */
export function gridShape({ grid: { rows, columns }, picture: { x, y, width, height } }, { rule }) {
  const across = Array.from({ length: rows - 1 }, (_, row) => `M${x} ${y + ((row + 1) * height) / rows}h${width}`);
  const down = Array.from({ length: columns - 1 }, (_, column) => `M${x + ((column + 1) * width) / columns} ${y}v${height}`);
  return { kind: "path", d: [...across, ...down].join(""), stroke: rule, width: 1 };
}

/**
 * Select the strongest arrows of a mode, weakest first, so that strong ones are on top.
 *
 * @param {readonly Line[]} lines
 * @returns {Line[]} at most MOST_ARROWS
 */
export function arrowsToDraw(lines) {
  const ordered = lines.slice().sort((a, b) => a.weight - b.weight);
  return ordered.slice(Math.max(0, ordered.length - MOST_ARROWS));
}

/**
 * @param {ImageModel} model
 * @param {Heat} heat
 * @param {ImageChoices} choices
 * @returns {number} smallest weight of an opaque patch
 */
export function opaqueFrom(model, heat, choices) {
  return (choices.stretch && model.strongest(choices, heat)) || 1;
}

/**
 * @param {StageLayout} layout
 * @param {ImageColors} colors
 * @returns {Shape}
 */
function veilOver({ picture }, { background }) {
  return { kind: "box", ...picture, color: background, opacity: VEIL };
}

/**
 * @param {StageLayout} layout
 * @param {Heat} heat
 * @param {number} most value of an opaque patch
 * @param {number} share of the side of a patch that it covers
 * @param {ImageColors} colors
 * @returns {Shape[]} a box inside each patch whose opacity is its weight
 */
function heatShapes(layout, { values, side }, most, share, colors) {
  const { nPrefix } = layout.grid;
  return Array.from(values.subarray(nPrefix), (value, patch) => ({
    kind: "box",
    ...insideOf(areaOf(layout, nPrefix + patch), share),
    color: colors[side],
    opacity: opacityOf(value, most),
    data: { token: nPrefix + patch, weight: Number(value.toPrecision(6)) },
  }));
}

/**
 * @param {Area} area of a patch
 * @param {number} share of its sides
 * @returns {Area} its middle
 */
export function insideOf({ x, y, width, height }, share) {
  const [across, down] = [share * width, share * height];
  return { x: x + (width - across) / 2, y: y + (height - down) / 2, width: across, height: down };
}

/**
 * @param {number} value
 * @param {number} most smallest opaque value
 */
function opacityOf(value, most) {
  return Number(Math.min(1, value / most).toPrecision(6));
}

/**
 * @param {StageLayout} layout
 * @param {ImageModel} model
 * @param {ImageChoices} choices
 * @param {ImageColors} colors
 * @returns {Shape[]} arrows without the hovered token are faded
 */
function arrowShapes(layout, model, choices, colors) {
  const { hovered, mode, stretch } = choices;
  const { groups } = model.subject;
  const flow = { color: colors.arrow, casing: colors.casing };
  const lines = arrowsToDraw(model.arrows(choices));
  const most = (stretch && lines.at(-1)?.weight) || 1;
  return lines.map((line) => {
    const style = mode === "flows" ? weightedStyle(layout, line.weight / most) : { width: HIGHEST_WIDTH, opacity: 1 };
    const faded = hovered !== null && line[hovered.side] !== hovered.token;
    const shown = faded ? { ...style, opacity: style.opacity * FADED } : style;
    return flowShape(layout, line, shown, flow, groups.cls.includes(line.key));
  });
}

/**
 * @param {StageLayout} layout
 * @param {ImageChoices} choices
 * @param {ImageColors} colors
 * @returns {Shape[]} frames of the selected and of the hovered token
 */
function frames(layout, choices, colors) {
  const { selected, hovered } = choices;
  const focus = focusOf(choices);
  const refs = selected && hovered ? [selected, hovered] : focus ? [focus] : [];
  return refs.map((ref) => {
    const d = outline(areaOf(layout, ref.token));
    const width = ref === selected ? 3 : 2;
    return {
      kind: "group",
      x: 0,
      y: 0,
      opacity: 1,
      shapes: [
        { kind: "path", d, stroke: colors.casing, width: width + 2 },
        { kind: "path", d, stroke: colors[ref.side], width },
      ],
      data: { frame: ref === selected ? "selected" : "hovered", token: ref.token, side: ref.side },
    };
  });
}

/**
 * @param {Area} area
 * @returns {string} its edge, as a path
 */
function outline({ x, y, width, height }) {
  return `M${x} ${y}h${width}v${height}h${-width}Z`;
}

/**
 * The box of a prefix token: its name and, on a heat map, its weight as number and shade.
 *
 * @param {StageLayout} layout
 * @param {number} token
 * @param {ImageModel} model
 * @param {ImageChoices} choices
 * @param {Heat|null} heat
 * @param {number} most
 * @param {ImageColors} colors
 * @returns {Shape[]}
 */
function boxShapes(layout, token, model, choices, heat, most, colors) {
  const { x, y, width, height } = layout.prefix[token];
  const roomy = height >= ROOMY_BOX;
  const hidden = model.hidden(choices).has(token);
  const value = heat?.values[token] ?? 0;
  const weight = Number(value.toPrecision(6));
  const lettering = { bold: false, end: false, turned: false, middle: true, size: 12 };
  const text = (/** @type {string} */ words, /** @type {number} */ down) => ({
    ...{ kind: /** @type {const} */ ("text"), x: x + width / 2, y: y + down, text: words },
    ...{ color: hidden ? colors.muted : colors.text, ...lettering },
  });
  const strip = roomy ? { y: y + 20, height: 10 } : { y: y + height - 6, height: 5 };
  /** @type {Shape[]} */
  const shade = heat
    ? [{ kind: "box", x: x + 4, width: width - 8, ...strip, color: colors[heat.side], opacity: opacityOf(value, most), data: { token, weight } }]
    : [];
  const note = hidden ? "hidden" : heat ? value.toFixed(2) : "";
  return [
    { kind: "path", d: outline(layout.prefix[token]), stroke: colors.rule, fill: colors.background, width: 1 },
    ...shade,
    text(model.subject.names[token], roomy ? (note ? 11 : height / 2) : (height - 4) / 2),
    ...(roomy && note ? [text(note, hidden && !heat ? 26 : 38)] : []),
  ];
}
