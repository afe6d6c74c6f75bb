/** Texts of an Image View: readout and captions, also for screen readers. */

import { drawsArrows, focusOf } from "./image_choices.mjs";

/** @typedef {import("../kit/weights.mjs").TokenRef} TokenRef */
/** @typedef {import("./image_choices.mjs").ImageChoices} ImageChoices */
/** @typedef {import("./image_model.mjs").ImageModel} ImageModel */

const NAMED = 4;
const SMALLEST = 0.005;
const HINT = "Click a patch to select it, hover over one to inspect it; arrow keys move.";

/**
 * Describe the token in focus and the tokens with the largest weights.
 *
 * @param {ImageModel} model
 * @param {ImageChoices} choices
 * @returns {string}
 */
export function wordsAbout(model, choices) {
  const focus = focusOf(choices);
  const { names } = model.subject;
  if (!focus) return HINT;
  if (model.hidden(choices).has(focus.token)) return `${names[focus.token]} is hidden.`;
  const { values } = model.heat(choices);
  const strongest = Array.from(values.keys())
    .filter((token) => values[token] >= SMALLEST)
    .sort((a, b) => values[b] - values[a])
    .slice(0, NAMED)
    .map((token) => `${token === focus.token ? "itself" : names[token]} ${values[token].toFixed(2)}`);
  const arrow = focus.side === "query" ? "→" : "←";
  const found = strongest.length > 0 ? `${arrow} ${strongest.join(" · ")}` : "has no attention here";
  return `${focus.side} ${names[focus.token]} ${found}${wordsBetween(model, choices)}`;
}

/**
 * @param {ImageModel} model
 * @param {ImageChoices} choices
 * @returns {string} the weight between the selected and the hovered token
 */
function wordsBetween(model, choices) {
  const { selected, hovered } = choices;
  if (!selected || !hovered || selected.token === hovered.token) return "";
  const [query, key] = selected.side === "query" ? [selected, hovered] : [hovered, selected];
  const weight = model.weights(choices)[query.token * model.length + key.token];
  const selection = `${selected.side} ${model.subject.names[selected.token]}`;
  return `. Selected ${selection} ${selected.side === "query" ? "→" : "←"} here ${weight.toFixed(2)}`;
}

/**
 * @param {ImageModel} model
 * @param {ImageChoices} choices
 * @param {number} most arrows that are drawn at once
 * @returns {string} caption: number and threshold of arrows, or meaning of a shade
 */
export function wordsOn(model, choices, most) {
  if (drawsArrows(choices.mode)) {
    const arrows = model.arrows(choices);
    const strongest = arrows.reduce((highest, { weight }) => Math.max(highest, weight), 0);
    return countOf(arrows.length, most) + (arrows.length > 0 ? `, up to ${strongest.toFixed(2)}` : "");
  }
  const side = focusOf(choices)?.side ?? "mean";
  return (choices.mode === "rollout" && model.subject.rollout ? ROLLOUT : ATTENTION)[side];
}

const ATTENTION = {
  mean: "Mean attention to each patch",
  query: "Attention of this query to each patch",
  key: "Attention of each patch to this key",
};
const ROLLOUT = {
  mean: "Mean share of each input patch",
  query: "Share of each input patch in this token",
  key: "Share of this token in each patch",
};

/**
 * @param {number} found
 * @param {number} most
 * @returns {string}
 */
function countOf(found, most) {
  if (found === 0) return "No pair is this strong";
  const pairs = found === 1 ? "1 pair" : `${found} pairs`;
  return found > most ? `${most} strongest of ${pairs}` : pairs;
}
