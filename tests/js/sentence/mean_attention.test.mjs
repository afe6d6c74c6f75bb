import assert from "node:assert/strict";
import { test } from "node:test";

import { cutToLength, sentencesBehind } from "../../../assets/js/sentence/mean_attention.mjs";

test("the cut keeps the first positions and makes rows sum to 1", () => {
  const mean = Float32Array.of(0.25, 0.25, 0.5, 0.125, 0.375, 0.5, 0.2, 0.3, 0.5);
  assert.deepEqual(cutToLength(mean, 3, 2), Float32Array.of(0.5, 0.5, 0.25, 0.75));
});

test("the whole keeps rows that sum to 1, and a row without weight stays 0", () => {
  const mean = Float32Array.of(0.25, 0.75, 0, 0);
  assert.deepEqual(cutToLength(mean, 2, 2), mean);
});

test("a sentence longer than the mean is refused", () => {
  assert.throws(() => cutToLength(new Float32Array(4), 2, 3), RangeError);
});

test("the later position decides how many sentences have both", () => {
  const counts = [9, 7, 2];
  assert.equal(sentencesBehind(counts, 0, 2), 2);
  assert.equal(sentencesBehind(counts, 1, 0), 7);
});
