import assert from "node:assert/strict";
import { test } from "node:test";

import { search } from "../../../assets/js/data/search.mjs";

const TEXTS = ["Cat", " the", " cat", "##s", " concat", ",", ".", " New York", "CAT", "/", ""];
const hitsOf = (query, mode = "exact", texts = TEXTS) => Array.from(search(texts, query, mode).hits);
const found = (query, mode = "exact") => hitsOf(query, mode).flatMap((hit, token) => (hit ? [token] : []));

test("exact search ignores case, the leading space and the mark of a continuation, and finds position 0", () => {
  assert.deepEqual(found("cat"), [0, 2, 8]);
  assert.deepEqual(found("  CAT "), [0, 2, 8]);
  assert.deepEqual(found("s"), [3]);
  assert.deepEqual(found("##s"), [3]);
  assert.deepEqual(found("ca"), []);
});

test("several terms are separated by commas, and a token belongs to its first term", () => {
  const result = search(TEXTS, "the, cat,, cat", "exact");
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
  const result = search(TEXTS, "cat, /^c/", "exact", hidden);
  assert.deepEqual([...result.hits], [0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0]);
  assert.deepEqual([result.count, result.terms.map(({ count }) => count)], [2, [2, 0]]);
});

test("an empty query finds nothing", () => {
  for (const query of ["", "   ", ",,"]) {
    const result = search(TEXTS, query, "substring");
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
  const result = search(TEXTS, "(", "regex");
  assert.match(result.error, /^“\(” is not a valid regular expression/);
  assert.deepEqual([result.terms.length, result.count, result.hits.some(Boolean)], [0, 0, false]);
});
