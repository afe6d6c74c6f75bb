/** Words of the modality in the shell and the tab: sentences and tokens, or images and patches, as of the run document. */

import { layerNumber } from "../data/layer_number.mjs";

/** @typedef {import("../data/run_meta.mjs").Nouns} Nouns */

/**
 * A template with its words filled in, as by layouts/nouns.py.
 *
 * @param {string} template names of words in braces; a capitalized name becomes a capitalized word
 * @param {Nouns} nouns
 * @returns {string}
 */
export function worded(template, nouns) {
  return template.replace(/\{(\w)(\w*)\}/g, (_, first, rest) => {
    const word = nouns[/** @type {keyof Nouns} */ (first.toLowerCase() + rest)];
    return first === first.toLowerCase() ? word : word[0].toUpperCase() + word.slice(1);
  });
}

/**
 * Title of the tab: the place in the run, the run, the application.
 *
 * @param {Pick<import("../state/view_state.mjs").ViewState, "view" | "layer" | "head" | "instance">} state
 * @param {{name: string, nouns: Nouns, model?: import("../data/layer_number.mjs").Numbered}} run
 * @returns {string}
 */
export function titleOf({ view, layer, head, instance }, { name, nouns, model = {} }) {
  const parts = view === "heads" ? ["Metrics"] : [];
  if (layer !== null) parts.push(`L${layerNumber(model, layer)} H${head}`);
  if (instance !== null) parts.unshift(worded(`{Instance} ${instance + 1}`, nouns));
  return [...parts, name, "AttentionViz"].join(" · ");
}

/**
 * Fill in all templates of the shell: texts, or names and tooltips of icons.
 *
 * @param {HTMLElement} shell
 * @param {Nouns} nouns
 */
export function speak(shell, nouns) {
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (shell.querySelectorAll("[data-words]"))) {
    const words = worded(element.dataset.words ?? "", nouns);
    if (element.hasAttribute("aria-label")) element.setAttribute("aria-label", words);
    else element.textContent = words;
    if (element.title) element.title = words;
  }
}
