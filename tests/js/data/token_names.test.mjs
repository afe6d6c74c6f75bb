import assert from "node:assert/strict";
import test from "node:test";

import { soughtTexts, tokenName, tokenWord, visibleText, writtenName } from "../../../assets/js/data/token_names.mjs";

const WORDS = { texts: [" the", " ", "."], special: [false, false, false], grid: null, labels: [] };
const PATCHES = {
  texts: ["CLS", "patch 0,0", "patch 0,1", "patch 1,0", "patch 1,1"],
  special: [true, false, false, false, false],
  grid: [2, 2],
  labels: ["CLS", "sky", "sky", "", "sea"],
};

test("words are called what they are", () => {
  assert.deepEqual([0, 1, 2].map((token) => tokenName(WORDS, token)), ["the", "␣", "."]);
  assert.equal(tokenWord(WORDS, 0), "the");
  assert.deepEqual([" ", "\n\n", " a b "].map(visibleText), ["␣", "⏎⏎", "a b"]);
});

test("patches are called by label, row and column, prefix tokens by their name", () => {
  const names = ["CLS", "sky (0, 0)", "sky (0, 1)", "(1, 0)", "sea (1, 1)"];
  assert.deepEqual([0, 1, 2, 3, 4].map((token) => tokenName(PATCHES, token)), names);
  assert.deepEqual([0, 1, 3].map((token) => tokenWord(PATCHES, token)), ["CLS", "sky", "patch"]);
  assert.equal(tokenName({ ...PATCHES, labels: [] }, 4), "(1, 1)");
  assert.deepEqual([writtenName(PATCHES, 4), writtenName(WORDS, 0)], ["sea (1, 1)", " the"]);
});

test("a search covers labels if there are some", () => {
  assert.equal(soughtTexts(PATCHES), PATCHES.labels);
  assert.equal(soughtTexts({ ...PATCHES, labels: [] }), PATCHES.texts);
  assert.equal(soughtTexts(WORDS), WORDS.texts);
});
