/**
 * Words and phrases over several tokens: "New York", a word that the tokenizer split, a character that it split into
 * bytes.
 *
 * @typedef {{tokens: readonly string[], texts: readonly string[], special: readonly boolean[], offsets: readonly number[]}} TokenTexts
 *   names and readable forms of all tokens; a part of a character is written as its bytes, such as \xf0\x9f
 * @typedef {object} WordParts
 * @property {string[]} bytes UTF-8 bytes of each token in lower case, one character each, without blanks at its ends;
 *   SPECIAL for a special token
 * @property {boolean[]} joined whether a token continues the word of the one before it
 * @property {Int32Array} ends for each token, the end of its instance
 */

const BYTES = /\\x([0-9a-f]{2})/g;
const WORD_START = /^[Ġ▁]/u;
const CONTINUATION = /^##./u;
const WORD_END = /<\/w>$/u;
/** No text has this byte. */
const SPECIAL = "\u00ff";
const LETTER = /[\p{L}\p{N}\p{M}]/u;

/** @type {WeakMap<readonly string[], WordParts>} */
const known = new WeakMap();

/**
 * Find every occurrence of a phrase: its words in a row, each made of whole tokens.
 *
 * @param {TokenTexts} table
 * @param {string} phrase
 * @returns {[number, number][]} first token and the one after the last, of occurrences of two tokens or more
 */
export function phraseSpans(table, phrase) {
  const words = phrase.trim().split(/\s+/u).filter(Boolean).map(bytesOf);
  if (words.length === 0) return [];
  const parts = partsOf(table);
  /** @type {[number, number][]} */
  const spans = [];
  for (let start = 0; start < parts.bytes.length; start++) {
    const end = endOfPhrase(parts, words, start);
    if (end > start + 1) spans.push([start, end]);
  }
  return spans;
}

/**
 * Whether each token continues the word of the token before it, in the tokenizer's own marks. Punctuation of WordPiece
 * has no mark: it joins its neighbors.
 *
 * @param {TokenTexts} table
 * @returns {readonly boolean[]}
 */
export function joinedTokens(table) {
  return partsOf(table).joined;
}

/**
 * @param {WordParts} parts
 * @param {readonly string[]} words
 * @param {number} start
 * @returns {number} the token after the phrase that starts here; 0 if none does
 */
function endOfPhrase({ bytes, joined, ends }, words, start) {
  let token = start;
  for (const word of words) {
    while (token > start && token < ends[start] && bytes[token] === "") token++;
    if (token > start && joined[token]) return 0;
    let rest = word;
    const first = token;
    while (rest !== "") {
      if (token >= ends[start] || bytes[token] === "" || !rest.startsWith(bytes[token])) return 0;
      if (token > first && !joined[token]) return 0;
      rest = rest.slice(bytes[token].length);
      token++;
    }
  }
  return token;
}

/**
 * @param {TokenTexts} table
 * @returns {WordParts}
 */
function partsOf(table) {
  const held = known.get(table.texts);
  if (held) return held;
  const { tokens, texts, special, offsets } = table;
  const ends = new Int32Array(texts.length);
  for (let instance = 0; instance + 1 < offsets.length; instance++) ends.fill(offsets[instance + 1], offsets[instance], offsets[instance + 1]);
  const starts = new Set(offsets);
  const continues = continuations(tokens, texts);
  const follows = (/** @type {number} */ token) => !special[token] && texts[token].trim() !== "";
  const parts = {
    bytes: texts.map((text, token) => (special[token] ? SPECIAL : bytesOf(text.trim()))),
    joined: texts.map((_, token) => !starts.has(token) && !special[token] && follows(token - 1) && continues(token)),
    ends,
  };
  known.set(table.texts, parts);
  return parts;
}

/**
 * @param {readonly string[]} tokens
 * @param {readonly string[]} texts
 * @returns {(token: number) => boolean} by the marks of the tokenizer
 */
function continuations(tokens, texts) {
  if (tokens.some((token) => WORD_START.test(token))) return (token) => !WORD_START.test(tokens[token]);
  if (tokens.some((token) => WORD_END.test(token))) return (token) => !WORD_END.test(tokens[token - 1]);
  return (token) => CONTINUATION.test(tokens[token]) || !LETTER.test(texts[token]) || !LETTER.test(texts[token - 1]);
}

/**
 * UTF-8 bytes of a text in lower case, one character each; bytes that are written out count as themselves.
 *
 * @param {string} text
 */
function bytesOf(text) {
  const encoder = new TextEncoder();
  const encode = (/** @type {string} */ part) => String.fromCharCode(...encoder.encode(part.toLowerCase()));
  let bytes = "";
  let from = 0;
  for (const match of text.matchAll(BYTES)) {
    bytes += encode(text.slice(from, match.index)) + String.fromCharCode(parseInt(match[1], 16));
    from = match.index + match[0].length;
  }
  return bytes + encode(text.slice(from));
}
