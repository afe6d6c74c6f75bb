import assert from "node:assert/strict";
import { test } from "node:test";

import { INITIAL } from "../../../assets/js/sentence/choices.mjs";
import { PatternModel } from "../../../assets/js/sentence/pattern_model.mjs";

const SUBJECT = {
  texts: ["a", "b", "c"],
  special: [false, false, false],
  pattern: Float32Array.of(0.5, 0.25, 0.25, 0.125, 0.75, 0.125, 0.02, 0.04, 0.94),
  length: 3,
  causal: false,
  valueNorms: null,
  groups: new Set(),
};
const pairs = (lines) => lines.map(({ query, key }) => `${query}-${key}`);

test("lines of the hovered token come from the same weights as all lines", () => {
  const model = new PatternModel(SUBJECT);
  const hovered = { token: 1, side: "key" };
  assert.deepEqual(pairs(model.lines({ ...INITIAL, hovered })), ["0-1", "1-1", "2-1"]);
  assert.equal(model.lines(INITIAL).length, 9);
});

test("the scatterplot gets the two strongest keys of every query, or the lines of the focus", () => {
  const model = new PatternModel(SUBJECT);
  assert.deepEqual(pairs(model.scatterplotLines(INITIAL)), ["0-0", "0-1", "1-1", "1-0", "2-2"]);
  const pinned = [{ token: 0, side: "query" }];
  assert.deepEqual(pairs(model.scatterplotLines({ ...INITIAL, pinned })), ["0-0", "0-1", "0-2"]);
});

test("the scatterplot's lines follow hidden tokens", () => {
  const model = new PatternModel(SUBJECT);
  const lines = model.scatterplotLines({ ...INITIAL, hiddenKeys: new Set([2]) });
  assert.deepEqual(pairs(lines), ["0-0", "0-1", "1-1", "1-0", "2-1", "2-0"]);
  assert.ok(Math.abs(lines[4].weight - 2 / 3) < 1e-6);
});

test("value norms count only where the sentence has them", () => {
  const without = new PatternModel(SUBJECT);
  assert.deepEqual(without.weights({ ...INITIAL, valueNorm: true }), SUBJECT.pattern);
  const model = new PatternModel({ ...SUBJECT, valueNorms: Float32Array.of(0, 1, 1) });
  assert.deepEqual(model.weights({ ...INITIAL, valueNorm: true }).subarray(0, 3), Float32Array.of(0, 0.5, 0.5));
});

test("the same choices give the same arrays, so that nothing is drawn twice", () => {
  const model = new PatternModel(SUBJECT);
  assert.equal(model.lines(INITIAL), model.lines({ ...INITIAL, selected: { token: 1, side: "key" } }));
});
