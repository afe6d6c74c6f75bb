import assert from "node:assert/strict";
import { test } from "node:test";

import { INITIAL } from "../../../assets/js/sentence/choices.mjs";
import { PatternModel } from "../../../assets/js/sentence/pattern_model.mjs";
import { SINK_TEXT, sentenceWithSink, withSinkKey } from "../../../assets/js/sentence/sink_key.mjs";

const PATTERN = Float32Array.of(0.25, 0, 0.5, 0.125);
const SENTENCE = { texts: ["a", "b"], special: [false, false], sinks: new Set([0]), length: 2, causal: true };

/** @param {boolean} out */
function modelWithSink(out) {
  const subject = { ...sentenceWithSink(SENTENCE, out), pattern: withSinkKey(PATTERN, 2), sinkKey: 2 };
  return new PatternModel({ ...subject, valueNorms: null, groups: new Set() });
}

test("the column of the sink is what rows lack to 1, and it has no query", () => {
  assert.deepEqual(withSinkKey(PATTERN, 2), Float32Array.of(0.25, 0, 0.75, 0.5, 0.125, 0.375, 0, 0, 0));
});

test("the sink is a special token after the sentence, visible to every query", () => {
  const { texts, special, sinks, length, causal } = sentenceWithSink(SENTENCE, true);
  assert.deepEqual({ texts, special, sinks, length, causal }, {
    texts: ["a", "b", SINK_TEXT],
    special: [false, false, true],
    sinks: new Set([0, 2]),
    length: 3,
    causal: false,
  });
  assert.deepEqual(sentenceWithSink(SENTENCE, false).sinks, new Set([0]));
});

test("shown rows sum to 1 with the sink, and are scaled only where it is hidden", () => {
  const model = modelWithSink(false);
  assert.deepEqual(model.weights(INITIAL), withSinkKey(PATTERN, 2));
  const hidden = model.weights({ ...INITIAL, hiddenKeys: new Set([2]) });
  assert.deepEqual([...hidden].map((weight) => Math.round(weight * 10) / 10), [1, 0, 0, 0.8, 0.2, 0, 0, 0, 0]);
});

test("lines reach the sink in the sentence, not in the scatterplot, which has no point for it", () => {
  const model = modelWithSink(false);
  assert.ok(model.lines(INITIAL).some((line) => line.key === 2));
  const lines = model.scatterplotLines(INITIAL);
  assert.ok(lines.length > 0);
  assert.ok(lines.every((line) => line.key < 2));
});

test("the removed share counts the queries of the sentence alone", () => {
  const share = modelWithSink(false).removedShare({ ...INITIAL, hiddenKeys: new Set([2]) });
  assert.ok(Math.abs(share - (0.75 + 0.375) / 2) < 1e-6);
});
