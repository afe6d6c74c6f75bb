/**
 * Search: tokens, phrases, parts of tokens, regular expressions, and values of columns.
 *
 * @typedef {"exact" | "substring" | "regex"} SearchMode
 * @typedef {{term: string, color: number, count: number}} FoundTerm  color counts terms from 0; count is in tokens
 * @typedef {{terms: FoundTerm[], hits: Uint8Array, count: number, error: string | null}} SearchResult
 * @typedef {import("./run_meta.mjs").TokenTable} TokenTable
 */

import { phraseSpans } from "./phrases.mjs";
import { soughtTexts } from "./token_names.mjs";

/** Most search terms; a hit stores its term in one byte. */
const MAX_TERMS = 255;

/** @type {WeakMap<readonly string[], string[]>} */
const normalized = new WeakMap();

/**
 * Find the tokens that match a query.
 *
 * Terms are separated by commas. A term between slashes is a regular expression in every mode; in mode `regex` the whole
 * query is one, blanks included. Case is ignored. Exact and substring search ignore a leading space
 * and `##`, which mark the start or continuation of a word, and find words and phrases that span several tokens. A term
 * such as `topic:sea` finds all tokens of the instances with this value in a column. A token that matches several terms
 * belongs to the first.
 *
 * @param {TokenTable} table
 * @param {string} query
 * @param {SearchMode} mode
 * @param {readonly boolean[] | null} hidden tokens to skip; null for none
 * @returns {SearchResult} hits[token] is 0, or k for the k-th term; error: a message for an invalid regular expression
 */
export function search(table, query, mode, hidden = null) {
  const texts = soughtTexts(table);
  const hits = new Uint8Array(texts.length);
  const terms = splitTerms(query, mode).slice(0, MAX_TERMS);
  /** @type {FoundTerm[]} */
  const found = [];
  for (const [index, term] of terms.entries()) {
    /** @type {(token: number) => boolean} */
    let matches;
    try {
      matches = matcher(table, texts, term, mode);
    } catch (error) {
      return { terms: [], hits: hits.fill(0), count: 0, error: sentenceOf(term, error) };
    }
    let count = 0;
    for (let token = 0; token < texts.length; token++) {
      if (hits[token] === 0 && !hidden?.[token] && matches(token)) {
        hits[token] = index + 1;
        count++;
      }
    }
    found.push({ term, color: index, count });
  }
  return { terms: found, hits, count: found.reduce((sum, { count }) => sum + count, 0), error: null };
}

/**
 * @param {string} query
 * @param {SearchMode} mode
 * @returns {string[]}
 */
function splitTerms(query, mode) {
  const whole = query.trim();
  if (whole === "") return [];
  if (whole === ",") return [whole];
  if (mode === "regex" && !whole.startsWith("/")) return [query];
  const parts = whole.match(/\/(?:\\.|[^/\\])+\/(?=\s*(?:,|$))|[^,]+/g) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

/**
 * Column and value of a term such as `topic:sea`.
 *
 * @param {TokenTable} table
 * @param {string} term
 * @returns {{name: string, value: string} | null} null for a term without the name of a column
 */
export function columnTerm({ columns }, term) {
  const folded = term.toLowerCase();
  const name = Object.keys(columns).find((each) => folded.startsWith(`${each.toLowerCase()}:`));
  return name === undefined ? null : { name, value: folded.slice(name.length + 1).trim() };
}

/**
 * @param {TokenTable} table
 * @param {string} name of a column
 * @param {(value: string) => boolean} accepted
 * @returns {(token: number) => boolean}
 */
function columnMatcher({ columns, offsets }, name, accepted) {
  const values = columns[name].map((value) => accepted(String(value).toLowerCase()));
  const inside = new Uint8Array(offsets[offsets.length - 1]);
  for (const [instance, yes] of values.entries()) if (yes) inside.fill(1, offsets[instance], offsets[instance + 1]);
  return (token) => inside[token] === 1;
}

/**
 * @param {TokenTable} table
 * @param {readonly string[]} texts
 * @param {string} term
 * @param {SearchMode} mode
 * @returns {(token: number) => boolean}
 */
function matcher(table, texts, term, mode) {
  const slashed = /^\/(.+)\/$/.exec(term);
  if (slashed || mode === "regex") {
    const regex = compile(slashed ? slashed[1] : term);
    return (token) => regex.test(texts[token]);
  }
  const column = columnTerm(table, term);
  if (column) {
    const { name, value } = column;
    return columnMatcher(table, name, (text) => (mode === "substring" ? text.includes(value) : text === value));
  }
  const wanted = normalize(term);
  const candidates = normalizedTexts(texts);
  const spanned = new Uint8Array(texts.length);
  if (texts === table.texts && !table.grid) for (const [start, end] of phraseSpans(table, term)) spanned.fill(1, start, end);
  const alone = mode === "substring" ? (/** @type {string} */ text) => text.includes(wanted) : (/** @type {string} */ text) => text === wanted;
  return (token) => spanned[token] === 1 || alone(candidates[token]);
}

/** @param {string} source */
function compile(source) {
  try {
    return new RegExp(source, "iu");
  } catch {
    return new RegExp(source, "i");
  }
}

/** @param {readonly string[]} texts */
function normalizedTexts(texts) {
  let held = normalized.get(texts);
  if (!held) {
    held = texts.map(normalize);
    normalized.set(texts, held);
  }
  return held;
}

/** @param {string} text */
function normalize(text) {
  return text.trim().replace(/^##(?=.)/, "").toLowerCase();
}

/**
 * @param {string} term
 * @param {unknown} error
 */
function sentenceOf(term, error) {
  const reason = error instanceof Error ? error.message.replace(/^.*:\s*/, "") : "";
  return `“${term}” is not a valid regular expression${reason ? `: ${reason.toLowerCase()}` : ""}.`;
}
