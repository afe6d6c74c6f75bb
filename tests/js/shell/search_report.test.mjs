import assert from "node:assert/strict";
import test from "node:test";

import { search } from "../../../assets/js/data/search.mjs";
import { searchSentence } from "../../../assets/js/shell/search_report.mjs";

const table = (texts, more = {}) => ({
  ...{ tokens: texts, texts, special: texts.map(() => false), offsets: [0, texts.length], instances: [""], columns: {} },
  ...{ grid: null, labels: [], ...more },
});
const LABELS = ["CLS", "sky", "sky", "", "sea"];
const PATCHES = table(LABELS, { labels: LABELS, grid: [2, 2] });
const told = (tokens, query, kind = "text", mode = "exact") => searchSentence(search(tokens, query, mode), tokens, { kind, mode });

test("hits among tokens are counted as queries and keys", () => {
  assert.equal(told(table(["a", "b"]), "a"), "1 query, 1 key");
  assert.equal(searchSentence(null, table([]), { kind: "text", mode: "exact" }), "");
});

test("a word that no token has leads to words that contain it or are like it", () => {
  const words = table(["banks", " bank", "river", "Rivers"]);
  assert.equal(told(words, "ban"), "No token is “ban”, but these contain it: bank, banks. Choose “part” to find them.");
  assert.equal(told(words, "rivet"), "No token matches “rivet”. Similar: river, rivers");
  assert.equal(told(words, "zebra"), "No token matches “zebra”.");
  assert.equal(told(words, "^z", "text", "regex"), "No token matches this expression.");
});

test("a value that no column has brings up those that it has", () => {
  const topics = table(["a", "b"], { offsets: [0, 1, 2], columns: { topic: ["sea", "money"] } });
  assert.equal(told(topics, "topic:sky"), "No sentence has topic “sky”. Values: money, sea");
});

test("hits among labels too, and a label that no patch has brings up those that there are", () => {
  assert.equal(told(PATCHES, "sky", "image"), "2 queries, 2 keys with this label");
  assert.equal(told(PATCHES, "sky, sea", "image"), "3 queries, 3 keys with these labels");
  assert.equal(told(PATCHES, "dog", "image"), "No patch has this label. Labels: CLS, sea, sky");
  assert.equal(told(PATCHES, "(", "image", "regex").includes("not a valid regular expression"), true);
});

test("of very many labels the most frequent are named", () => {
  const labels = Array.from({ length: 40 }, (_, i) => `label ${i % 20}`);
  assert.match(told(table(labels, { labels, grid: [5, 8] }), "dog", "image"), /label 0, .*and 12 more$/);
});
