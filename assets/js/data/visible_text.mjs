/** Tokens with invisible characters made visible, for the views of one instance; labels use token_names.mjs. */

const MARKS = new Map([
  ["\n", "↵"],
  ["\r", "↵"],
  ["\t", "⇥"],
]);
const BLANK = /^[\s\u00a0]+$/u;
const INVISIBLE = /^[\p{C}\p{Z}\u115f\u3164\ufe0e\ufe0f]+$/u;
const COMBINING = /^\p{M}/u;
const CONTROL = /(?![\n\r\t])\p{Cc}|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Make every invisible character of a token visible.
 *
 * White space alone becomes one mark per character (␣ ↵ ⇥); spaces around other text are removed. Invisible characters
 * alone, and control or direction marks inside a text, become code points. A leading accent gets a dotted circle.
 *
 * @param {string} text
 * @returns {string} never empty
 */
export function visibleText(text) {
  if (text === "") return "∅";
  if (BLANK.test(text)) return Array.from(text.replace(/\r\n/g, "\n"), (mark) => MARKS.get(mark) ?? "␣").join("");
  if (INVISIBLE.test(text)) return Array.from(text, codePoint).join(" ");
  return (COMBINING.test(text) ? `◌${text}` : text)
    .replace(/^ +| +$/g, "")
    .replace(/\r\n|[\n\r\t]/g, (mark) => MARKS.get(mark[0]) ?? mark)
    .replace(CONTROL, codePoint);
}

/**
 * @param {string} character
 * @returns {string} like U+200B
 */
function codePoint(character) {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
