/** Result of the search below its box: hits per term in their color, or why there are none. */

import { missing } from "../data/near_misses.mjs";
import { termToken } from "../scatter/theme.mjs";

/** @typedef {import("../data/search.mjs").SearchResult} SearchResult */
/** @typedef {import("../data/search.mjs").SearchMode} SearchMode */
/** @typedef {import("../data/run_meta.mjs").TokenTable} TokenTable */
/** @typedef {{kind: "text" | "image", mode: SearchMode}} Searched  the modality, and how terms are compared */

/**
 * @param {SearchResult | null} found
 * @param {TokenTable} tokens
 * @param {Searched} searched
 * @returns {string} one line for screen readers and tests
 */
export function searchSentence(found, tokens, { kind, mode }) {
  if (!found) return "";
  if (found.error) return found.error;
  const { count } = found;
  if (count === 0 && found.terms.length > 0) return missing(tokens, found.terms[0].term, kind, mode);
  const hits = `${count} ${count === 1 ? "query" : "queries"}, ${count} ${count === 1 ? "key" : "keys"}`;
  return kind === "image" ? `${hits} with ${found.terms.length === 1 ? "this label" : "these labels"}` : hits;
}

/**
 * Show the result.
 *
 * @param {SearchResult | null} found
 * @param {TokenTable} tokens
 * @param {Searched} searched
 */
export function reportSearch(found, tokens, searched) {
  const output = document.getElementById("search-count");
  const box = document.getElementById("search");
  if (!output || !box) return;
  box.classList.toggle("is-invalid", Boolean(found?.error));
  box.setAttribute("aria-invalid", String(Boolean(found?.error)));
  output.textContent = searchSentence(found, tokens, searched);
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
