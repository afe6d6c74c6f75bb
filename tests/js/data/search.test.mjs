import assert from "node:assert/strict";
import { test } from "node:test";

import { columnTerm, search } from "../../../assets/js/data/search.mjs";

const TEXTS = ["Cat", " the", " cat", "##s", " concat", ",", ".", " New York", "CAT", "/", ""];
/** Every text is a sentence of its own. */
const table = (texts, more = {}) => ({
  ...{ tokens: texts, texts, special: texts.map(() => false), offsets: [...texts.keys(), texts.length], instances: texts },
  ...{ columns: {}, grid: null, labels: [] },
  ...more,
});
const TABLE = table(TEXTS);
const hitsOf = (query, mode = "exact", searched = TABLE) => Array.from(search(searched, query, mode).hits);
const found = (query, mode = "exact") => hitsOf(query, mode).flatMap((hit, token) => (hit ? [token] : []));

test("exact search ignores case, the leading space and the mark of a continuation, and finds position 0", () => {
  assert.deepEqual(found("cat"), [0, 2, 8]);
  assert.deepEqual(found("  CAT "), [0, 2, 8]);
  assert.deepEqual(found("s"), [3]);
  assert.deepEqual(found("##s"), [3]);
  assert.deepEqual(found("ca"), []);
});

test("several terms are separated by commas, and a token belongs to its first term", () => {
  const result = search(TABLE, "the, cat,, cat", "exact");
  assert.deepEqual(result.terms, [
    { term: "the", color: 0, count: 1 },
    { term: "cat", color: 1, count: 3 },
    { term: "cat", color: 2, count: 0 },
  ]);
  assert.equal(result.count, 4);
  assert.equal(result.hits[1], 1);
  assert.equal(result.hits[0], 2);
});

test("a comma, a slash and blanks inside a term can be looked for", () => {
  assert.deepEqual(found(","), [5]);
  assert.deepEqual(found("/"), [9]);
  assert.deepEqual(found("new york"), [7]);
});

test("excluded tokens are not found", () => {
  const hidden = TEXTS.map((_, token) => token === 0);
  const result = search(TABLE, "cat, /^c/", "exact", hidden);
  assert.deepEqual([...result.hits], [0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0]);
  assert.deepEqual([result.count, result.terms.map(({ count }) => count)], [2, [2, 0]]);
});

test("an empty query finds nothing", () => {
  for (const query of ["", "   ", ",,"]) {
    const result = search(TABLE, query, "substring");
    assert.deepEqual([result.terms.length, result.count, result.error], [0, 0, null]);
  }
});

test("substring search finds parts of words", () => {
  assert.deepEqual(found("cat", "substring"), [0, 2, 4, 8]);
});

test("a term between slashes is a regular expression in every mode and may hold commas", () => {
  assert.deepEqual(found("/^.?c/"), [0, 2, 4, 8]);
  assert.deepEqual(found("/a{1,2}t$/, the"), [0, 1, 2, 4, 8]);
  assert.deepEqual(found("^ ", "regex"), [1, 2, 4, 7]);
  assert.deepEqual(found("\\p{Lu}{2,}", "regex").includes(8), true);
});

test("characters that mean something in a regular expression are plain text in the other modes", () => {
  assert.deepEqual(found(".", "exact"), [6]);
  assert.deepEqual(found("(", "substring"), []);
});

test("a wrong regular expression is said, and finds nothing", () => {
  const result = search(TABLE, "(", "regex");
  assert.match(result.error, /^“\(” is not a valid regular expression/);
  assert.deepEqual([result.terms.length, result.count, result.hits.some(Boolean)], [0, 0, false]);
});

test("a column's value finds every token of its sentences", () => {
  const searched = table(["a", "b", "c", "d"], { offsets: [0, 2, 3, 4], columns: { Topic: ["Sea", "money", "sea side"], score: [1, 2, 2] } });
  assert.deepEqual(hitsOf("topic:sea", "exact", searched), [1, 1, 0, 0]);
  assert.deepEqual(hitsOf("topic: SEA", "substring", searched), [1, 1, 0, 1]);
  assert.deepEqual(hitsOf("score:2, a", "exact", searched), [2, 0, 1, 1]);
  assert.deepEqual(hitsOf("elsewhere:2", "exact", searched), [0, 0, 0, 0]);
  assert.deepEqual(columnTerm(searched, "score: 2"), { name: "score", value: "2" });
  assert.equal(columnTerm(searched, "scores:2"), null);
});

test("words in a row are found, in exact and substring search", () => {
  const words = ["new", "york", "new", "new", "york"];
  const searched = table(words, { offsets: [0, 3, 5] });
  for (const mode of ["exact", "substring"]) assert.deepEqual(hitsOf("New  York", mode, searched), [1, 1, 0, 1, 1]);
});

test("labels with blanks are no phrases", () => {
  const searched = table(["p", "q"], { labels: ["open sea", "sea"], grid: [1, 2], offsets: [0, 2] });
  assert.deepEqual(hitsOf("open sea", "exact", searched), [1, 0]);
});
