/** Result of the search below its box: hits per term in their color, or an error. */

import { termToken } from "../scatter/theme.mjs";

/** @typedef {import("../data/search.mjs").SearchResult} SearchResult */

/** @typedef {{kind: "text" | "image", texts: readonly string[]}} Searched  the modality, and the searched texts */

/** Most labels named when none matches. */
const MOST_NAMED = 8;

/**
 * @param {SearchResult | null} found
 * @param {Searched} searched
 * @returns {string} one line for screen readers and tests
 */
export function searchSentence(found, { kind, texts }) {
  if (!found) return "";
  if (found.error) return found.error;
  const { count } = found;
  if (kind === "image" && count === 0) return `No patch has this label. Labels: ${namedLabels(texts)}`;
  const hits = `${count} ${count === 1 ? "query" : "queries"}, ${count} ${count === 1 ? "key" : "keys"}`;
  return kind === "image" ? `${hits} with ${found.terms.length === 1 ? "this label" : "these labels"}` : hits;
}

/**
 * The most frequent labels, in alphabetical order.
 *
 * @param {readonly string[]} labels one per token
 */
function namedLabels(labels) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const label of labels) if (label !== "") counts.set(label, (counts.get(label) ?? 0) + 1);
  const names = [...counts.keys()].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0));
  const named = names.slice(0, MOST_NAMED).sort((a, b) => a.localeCompare(b));
  const more = names.length - named.length;
  return named.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/**
 * Show the result.
 *
 * @param {SearchResult | null} found
 * @param {Searched} searched
 */
export function reportSearch(found, searched) {
  const output = document.getElementById("search-count");
  const box = document.getElementById("search");
  if (!output || !box) return;
  box.classList.toggle("is-invalid", Boolean(found?.error));
  box.setAttribute("aria-invalid", String(Boolean(found?.error)));
  output.textContent = searchSentence(found, searched);
  const terms = found && !found.error && found.terms.length > 1 ? found.terms : [];
  for (const { term, color, count } of terms) {
    const swatch = document.createElement("span");
    swatch.className = "av-swatch";
    swatch.style.background = `var(${termToken(color)})`;
    const item = document.createElement("span");
    item.className = "av-legend-item";
    item.append(swatch, `${term} ${count}`);
    output.append(item);
  }
}
