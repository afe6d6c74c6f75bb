/**
 * Token search: exact, substring and regular expression.
 *
 * @typedef {"exact" | "substring" | "regex"} SearchMode
 * @typedef {{term: string, color: number, count: number}} FoundTerm  color counts terms from 0; count is in tokens
 * @typedef {{terms: FoundTerm[], hits: Uint8Array, count: number, error: string | null}} SearchResult
 */

/** Most search terms; a hit stores its term in one byte. */
const MAX_TERMS = 255;

/** @type {WeakMap<readonly string[], string[]>} */
const normalized = new WeakMap();

/**
 * Find the tokens that match a query.
 *
 * Terms are separated by commas. A term between slashes is a regular expression in every mode; in mode `regex` the whole
 * query is one, blanks included. Case is ignored. Exact and substring search ignore a leading space
 * and `##`, which mark the start or continuation of a word. A token that matches several terms belongs to the first.
 *
 * @param {readonly string[]} texts one per token
 * @param {string} query
 * @param {SearchMode} mode
 * @param {readonly boolean[] | null} hidden tokens to skip; null for none
 * @returns {SearchResult} hits[token] is 0, or k for the k-th term; error: a message for an invalid regular expression
 */
export function search(texts, query, mode, hidden = null) {
  const hits = new Uint8Array(texts.length);
  const terms = splitTerms(query, mode).slice(0, MAX_TERMS);
  /** @type {FoundTerm[]} */
  const found = [];
  for (const [index, term] of terms.entries()) {
    /** @type {(token: number) => boolean} */
    let matches;
    try {
      matches = matcher(texts, term, mode);
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
 * @param {readonly string[]} texts
 * @param {string} term
 * @param {SearchMode} mode
 * @returns {(token: number) => boolean}
 */
function matcher(texts, term, mode) {
  const slashed = /^\/(.+)\/$/.exec(term);
  if (slashed || mode === "regex") {
    const regex = compile(slashed ? slashed[1] : term);
    return (token) => regex.test(texts[token]);
  }
  const wanted = normalize(term);
  const candidates = normalizedTexts(texts);
  return mode === "substring" ? (token) => candidates[token].includes(wanted) : (token) => candidates[token] === wanted;
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
