import assert from "node:assert/strict";
import { test } from "node:test";

import { joinedTokens, phraseSpans } from "../../../assets/js/data/phrases.mjs";

const table = (tokens, texts, { special = [], offsets = [0, tokens.length] } = {}) => ({
  tokens,
  texts,
  special: tokens.map((_, token) => special.includes(token)),
  offsets,
});
const PIECES = ["[CLS]", "they", "don", "'", "t", "un", "##believ", "##able", "new", "york", "[SEP]"];
const WORDPIECE = table(PIECES, PIECES.map((piece) => piece.replace("##", "")), { special: [0, 10] });
const BPE = table(["She", "Ġsaid", "Ġun", "bel", "ievable", "Ġ", "ðŁ", "ĻĤ", "Ġä½", "ł"], ["She", " said", " un", "bel", "ievable", " ", "\\xf0\\x9f", "\\x99\\x82", " \\xe4\\xbd", "\\xa0"]);

test("words in a row are one occurrence, in any case", () => {
  assert.deepEqual(phraseSpans(WORDPIECE, "New York"), [[8, 10]]);
  assert.deepEqual(phraseSpans(BPE, "she SAID"), [[0, 2]]);
});

test("a word that the tokenizer split is found, but not its parts as words of their own", () => {
  assert.deepEqual(phraseSpans(WORDPIECE, "unbelievable"), [[5, 8]]);
  assert.deepEqual(phraseSpans(BPE, "unbelievable"), [[2, 5]]);
  assert.deepEqual(phraseSpans(WORDPIECE, "un believable"), []);
  assert.deepEqual(phraseSpans(BPE, "un believable"), []);
  assert.deepEqual(phraseSpans(WORDPIECE, "newyork"), []);
});

test("punctuation inside a word joins its neighbors", () => {
  assert.deepEqual(phraseSpans(WORDPIECE, "they don't"), [[1, 5]]);
});

test("a character that is split into bytes is found", () => {
  assert.deepEqual(phraseSpans(BPE, "🙂"), [[6, 8]]);
  assert.deepEqual(phraseSpans(BPE, "你"), [[8, 10]]);
  assert.deepEqual(phraseSpans(BPE, "unbelievable 🙂 你"), [[2, 10]]);
});

test("a phrase ends with its sentence and at a special token", () => {
  assert.deepEqual(phraseSpans(table(["new", "york"], ["new", "york"], { offsets: [0, 1, 2] }), "new york"), []);
  assert.deepEqual(phraseSpans(table(["new", "[SEP]", "york"], ["new", "[SEP]", "york"], { special: [1] }), "new york"), []);
  assert.deepEqual(phraseSpans(WORDPIECE, "   "), []);
});

test("single tokens are left to the search for tokens", () => {
  assert.deepEqual(phraseSpans(WORDPIECE, "new"), []);
});

test("tokens that continue a word are joined to the one before", () => {
  assert.deepEqual(joinedTokens(WORDPIECE).map(Number), [0, 0, 0, 1, 1, 0, 1, 1, 0, 0, 0]);
  assert.deepEqual(joinedTokens(BPE).map(Number), [0, 0, 0, 1, 1, 0, 0, 1, 0, 1]);
});
