/** Tokens as a person can read them. */

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
 * The text of a token with everything invisible made visible.
 *
 * A token of nothing but white space shows one mark a character (␣ ↵ ⇥); the space before a byte-level piece goes; a
 * token of nothing but invisible characters, and every control or direction mark inside another, shows its code point;
 * an accent that begins a token stands on a dotted circle.
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
