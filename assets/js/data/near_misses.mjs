/** Why a search found nothing, and what the run has instead. */

import { columnTerm } from "./search.mjs";
import { soughtTexts, visibleText } from "./token_names.mjs";

/** @typedef {import("./run_meta.mjs").TokenTable} TokenTable */
/** @typedef {import("./search.mjs").SearchMode} SearchMode */

/** Most names in a suggestion. */
const MOST_NAMED = 8;
/** Largest number of changed letters in a suggested word. */
const MOST_CHANGES = 2;

/**
 * One or two sentences on a term without a hit.
 *
 * @param {TokenTable} table
 * @param {string} term
 * @param {"text" | "image"} kind
 * @param {SearchMode} mode
 * @returns {string}
 */
export function missing(table, term, kind, mode) {
  const column = mode === "regex" ? null : columnTerm(table, term);
  if (column) {
    const values = frequent(table.columns[column.name].map(String));
    return `No ${kind === "image" ? "image" : "sentence"} has ${column.name} “${column.value}”. Values: ${listed(values)}`;
  }
  if (kind === "image") return `No patch has this label. Labels: ${listed(frequent(soughtTexts(table)))}`;
  if (mode === "regex" || /^\/.+\/$/.test(term)) return "No token matches this expression.";
  const wanted = term.trim().toLowerCase();
  const words = frequent(table.texts.filter((_, token) => !table.special[token]).map((text) => visibleText(text).toLowerCase()));
  if (mode === "exact") {
    const containing = words.filter((word) => word.includes(wanted));
    if (containing.length > 0) return `No token is “${term}”, but these contain it: ${listed(containing)}. Choose “part” to find them.`;
  }
  const alike = words.filter((word) => word.length > 1 && changes(word, wanted) <= Math.min(MOST_CHANGES, wanted.length - 1));
  return alike.length > 0 ? `No token matches “${term}”. Similar: ${listed(alike)}` : `No token matches “${term}”.`;
}

/**
 * @param {readonly string[]} texts
 * @returns {string[]} each text once, the most frequent first
 */
function frequent(texts) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const text of texts) if (text !== "") counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts.keys()].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0));
}

/**
 * @param {readonly string[]} names the most frequent first
 * @returns {string} the first few in alphabetical order, and how many more there are
 */
function listed(names) {
  const named = names.slice(0, MOST_NAMED).sort((a, b) => a.localeCompare(b));
  const more = names.length - named.length;
  return named.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/**
 * Insertions, deletions and replacements between two words (Levenshtein distance), counted up to MOST_CHANGES + 1.
 *
 * @param {string} one
 * @param {string} other
 */
function changes(one, other) {
  if (Math.abs(one.length - other.length) > MOST_CHANGES) return MOST_CHANGES + 1;
  let row = Array.from({ length: other.length + 1 }, (_, j) => j);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      next.push(Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + Number(one[i - 1] !== other[j - 1])));
    }
    row = next;
  }
  return row[other.length];
}
