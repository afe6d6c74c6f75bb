/** The shell speaks of sentences and tokens, or of images and patches, as the run on show says. */

/** @typedef {import("../data/run_meta.mjs").Nouns} Nouns */

/**
 * A template with words in it, as layouts/nouns.py words it.
 *
 * @param {string} template names of words in braces; a name that starts with a capital letter gives a word that does
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
 * Words everything in the shell that has a template: its text, or the name and tooltip of an icon.
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
