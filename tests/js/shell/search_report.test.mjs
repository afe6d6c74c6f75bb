import assert from "node:assert/strict";
import test from "node:test";

import { search } from "../../../assets/js/data/search.mjs";
import { searchSentence } from "../../../assets/js/shell/search_report.mjs";

const LABELS = ["CLS", "sky", "sky", "", "sea"];
const sentence = (query, mode = "exact") => searchSentence(search(LABELS, query, mode), { kind: "image", texts: LABELS });

test("hits among tokens are counted as queries and keys", () => {
  assert.equal(searchSentence(search(["a", "b"], "a", "exact"), { kind: "text", texts: ["a", "b"] }), "1 query, 1 key");
  assert.equal(searchSentence(search(["a", "b"], "c", "exact"), { kind: "text", texts: ["a", "b"] }), "0 queries, 0 keys");
  assert.equal(searchSentence(null, { kind: "text", texts: [] }), "");
});

test("hits among labels too, and a label that no patch has brings up those that there are", () => {
  assert.equal(sentence("sky"), "2 queries, 2 keys with this label");
  assert.equal(sentence("sky, sea"), "3 queries, 3 keys with these labels");
  assert.equal(sentence("dog"), "No patch has this label. Labels: CLS, sea, sky");
  assert.equal(sentence("(", "regex").includes("not a valid regular expression"), true);
});

test("of very many labels the most frequent are named", () => {
  const labels = Array.from({ length: 40 }, (_, i) => `label ${i % 20}`);
  const words = searchSentence(search(labels, "dog", "exact"), { kind: "image", texts: labels });
  assert.match(words, /label 0, .*and 12 more$/);
});
