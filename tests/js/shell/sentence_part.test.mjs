import assert from "node:assert/strict";
import { before, test } from "node:test";

/** @type {typeof import("../../../assets/js/shell/sidebar.mjs")} */
let sidebar;

before(async () => {
  sidebar = await import("../../../assets/js/shell/sidebar.mjs");
});

test("BERT's sentences hide [CLS] and [SEP]", () => {
  const found = sidebar.hideable(["[CLS]", "the", "bank", "[SEP]"], false);
  assert.deepEqual(found, { cls: true, sep: true, bos: false, first: false });
});

test("a causal sentence hides its first token, and a beginning of text only if it has one", () => {
  assert.deepEqual(sidebar.hideable(["the", "bank"], true), { cls: false, sep: false, bos: false, first: true });
  for (const bos of ["<s>", "<bos>", "<|endoftext|>", "<|begin_of_text|>"]) {
    assert.equal(sidebar.hideable([bos, "the"], true).bos, true, bos);
  }
});

test("ordinary tokens hide nothing", () => {
  assert.deepEqual(sidebar.hideable(["cls", "sep", "s"], false), { cls: false, sep: false, bos: false, first: false });
});
