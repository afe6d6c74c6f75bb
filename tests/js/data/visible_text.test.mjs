import assert from "node:assert/strict";
import { test } from "node:test";

import { visibleText } from "../../../assets/js/data/visible_text.mjs";

const CASES = [
  ["the", "the"],
  [" the", "the"],
  [" ", "␣"],
  ["  ", "␣␣"],
  ["\n", "↵"],
  ["\r\n", "↵"],
  [" \n\t", "␣↵⇥"],
  [".\n", ".↵"],
  ["", "∅"],
  ["\u00a0", "␣"],
  ["\u200b", "U+200B"],
  ["\u200d", "U+200D"],
  ["\u202eabc", "U+202Eabc"],
  ["\u0000", "U+0000"],
  ["ضفة", "ضفة"],
  ["👩‍👩‍👧", "👩‍👩‍👧"],
  ["é", "é"],
  ["\u0301", "◌\u0301"],
  ["<b>x</b>", "<b>x</b>"],
];

for (const [text, expected] of CASES) {
  test(`${JSON.stringify(text)} is seen as ${expected}`, () => assert.equal(visibleText(text), expected));
}
