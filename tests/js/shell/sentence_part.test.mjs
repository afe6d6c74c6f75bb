import assert from "node:assert/strict";
import { before, test } from "node:test";

/** @type {typeof import("../../../assets/js/shell/sentence_part.mjs")} */
let part;

before(async () => {
  part = await import("../../../assets/js/shell/sentence_part.mjs");
});

test("BERT's sentences hide [CLS] and [SEP]", () => {
  const found = part.hideable(["[CLS]", "the", "bank", "[SEP]"], false);
  assert.deepEqual(found, { cls: true, sep: true, bos: false, first: false });
});

test("a causal sentence hides its first token, and a beginning of text only if it has one", () => {
  assert.deepEqual(part.hideable(["the", "bank"], true), { cls: false, sep: false, bos: false, first: true });
  for (const bos of ["<s>", "<bos>", "<|endoftext|>", "<|begin_of_text|>"]) {
    assert.equal(part.hideable([bos, "the"], true).bos, true, bos);
  }
});

test("ordinary tokens hide nothing", () => {
  assert.deepEqual(part.hideable(["cls", "sep", "s"], false), { cls: false, sep: false, bos: false, first: false });
});

test("positions of a sentence are excluded only on request", () => {
  assert.deepEqual(part.sinksOf([true, false, true], true), new Set([0, 2]));
  assert.deepEqual(part.sinksOf([true, false, true], false), new Set());
});
