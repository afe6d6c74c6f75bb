/** What the search found, beside the box: a count for every term in the colour of its hits, or what is wrong with it. */

import { TERM_COLORS } from "../render/theme.mjs";

/** @typedef {import("../data/search.mjs").SearchResult} SearchResult */

/**
 * @param {SearchResult | null} found
 * @returns {string} one line for screen readers and tests
 */
export function searchSentence(found) {
  if (!found) return "";
  if (found.error) return found.error;
  const { count } = found;
  return `${count} ${count === 1 ? "query" : "queries"}, ${count} ${count === 1 ? "key" : "keys"}`;
}

/**
 * Show what was found.
 *
 * @param {SearchResult | null} found
 */
export function reportSearch(found) {
  const output = document.getElementById("search-count");
  const box = document.getElementById("search");
  if (!output || !box) return;
  box.classList.toggle("is-invalid", Boolean(found?.error));
  box.setAttribute("aria-invalid", String(Boolean(found?.error)));
  output.textContent = searchSentence(found);
  const terms = found && !found.error && found.terms.length > 1 ? found.terms : [];
  for (const { term, color, count } of terms) {
    const swatch = document.createElement("span");
    swatch.className = "av-swatch";
    swatch.style.background = TERM_COLORS[color % TERM_COLORS.length];
    const item = document.createElement("span");
    item.className = "av-legend-item";
    item.append(swatch, `${term} ${count}`);
    output.append(item);
  }
}
