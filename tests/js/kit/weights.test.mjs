import assert from "node:assert/strict";
import { test } from "node:test";

import {
  cutToLength,
  effectiveWeights,
  linesAbove,
  sentencesWithBoth,
  shareOnKeys,
  summedWeights,
  topKeys,
} from "../../../assets/js/kit/weights.mjs";

const NOTHING = { hiddenKeys: new Set(), hiddenQueries: new Set(), valueNorms: null };

/** A seeded generator of numbers in 0..1 (mulberry32). */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function randomPattern(length, random, causal = false) {
  const pattern = new Float32Array(length * length);
  for (let query = 0; query < length; query++) {
    const scores = Array.from({ length }, (_, key) => (causal && key > query ? 0 : Math.exp(3 * random())));
    const total = scores.reduce((sum, score) => sum + score, 0);
    scores.forEach((score, key) => (pattern[query * length + key] = score / total));
  }
  return pattern;
}

function assertClose(actual, expected, tolerance = 1e-6) {
  assert.equal(actual.length, expected.length);
  const far = Array.from(actual.keys()).filter((index) => !(Math.abs(actual[index] - expected[index]) < tolerance));
  assert.deepEqual(far, []);
}

test("nothing hidden leaves every weight as it is, in a new array", () => {
  const pattern = randomPattern(5, generator(1));
  const weights = effectiveWeights({ pattern, length: 5, ...NOTHING });
  assert.deepEqual(weights, pattern);
  weights[0] = 9;
  assert.notEqual(pattern[0], 9);
});

test("hidden keys are 0 and the rest is divided by 1 - hidden weight", () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = generator(seed);
    const length = 2 + Math.floor(random() * 12);
    const pattern = randomPattern(length, random, seed % 2 === 1);
    const hiddenKeys = new Set(Array.from({ length }, (_, key) => key).filter(() => random() < 0.3));
    const expected = Array.from(pattern, (weight, index) => {
      const row = pattern.subarray(index - (index % length), index - (index % length) + length);
      const hidden = row.reduce((sum, each, key) => sum + (hiddenKeys.has(key) ? each : 0), 0);
      return hiddenKeys.has(index % length) || hidden > 1 - 1e-6 ? 0 : weight / (1 - hidden);
    });
    assertClose(effectiveWeights({ pattern, length, ...NOTHING, hiddenKeys }), expected, 1e-5);
  }
});

test("value norms give a_ij |v_j| over its sum", () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = generator(seed);
    const length = 1 + Math.floor(random() * 12);
    const pattern = randomPattern(length, random);
    const valueNorms = Float32Array.from({ length }, () => 0.1 + 3 * random());
    const expected = Array.from(pattern, (weight, index) => {
      const start = index - (index % length);
      let total = 0;
      for (let key = 0; key < length; key++) total += pattern[start + key] * valueNorms[key];
      return (weight * valueNorms[index % length]) / total;
    });
    assertClose(effectiveWeights({ pattern, length, ...NOTHING, valueNorms }), expected);
  }
});

test("value norms and hidden keys together: rows of visible keys sum to 1", () => {
  const length = 6;
  const given = {
    pattern: randomPattern(length, generator(3)),
    length,
    hiddenKeys: new Set([0, 4]),
    hiddenQueries: new Set([2]),
    valueNorms: Float32Array.of(5, 1, 2, 0.5, 3, 1),
  };
  const weights = effectiveWeights(given);
  for (let query = 0; query < length; query++) {
    const row = weights.subarray(query * length, (query + 1) * length);
    const total = row.reduce((sum, weight) => sum + weight, 0);
    assert.ok(Math.abs(total - (query === 2 ? 0 : 1)) < 1e-6);
    assert.equal(row[0], 0);
    assert.equal(row[4], 0);
  }
});

test("a row that has nothing left is 0, not NaN", () => {
  const pattern = Float32Array.of(1, 0, 0, 0);
  assert.deepEqual(effectiveWeights({ pattern, length: 2, ...NOTHING, hiddenKeys: new Set([0]) }), new Float32Array(4));
  const valueNorms = new Float32Array(2);
  assert.deepEqual(effectiveWeights({ pattern, length: 2, ...NOTHING, valueNorms }), new Float32Array(4));
});

test("hiding a sink of nearly all weight keeps the rest exact", () => {
  const pattern = Float32Array.of(1 - 3e-7, 1e-7, 2e-7);
  const weights = effectiveWeights({
    pattern: Float32Array.of(...pattern, ...pattern, ...pattern),
    length: 3,
    ...NOTHING,
    hiddenKeys: new Set([0]),
  });
  assert.ok(Math.abs(weights[1] - 1 / 3) < 1e-6);
  assert.ok(Math.abs(weights[2] - 2 / 3) < 1e-6);
});

test("the top keys are those of a full sort", () => {
  for (let seed = 0; seed < 30; seed++) {
    const random = generator(seed);
    const length = 1 + Math.floor(random() * 20);
    const weights = randomPattern(length, random);
    const expected = Array.from({ length }, (_, query) =>
      Array.from({ length }, (_, key) => ({ query, key, weight: weights[query * length + key] }))
        .sort((a, b) => b.weight - a.weight)
        .slice(0, 2)
        .filter(({ weight }) => weight >= 0.05),
    ).flat();
    assert.deepEqual(topKeys(weights, length, 2, 0.05), expected);
  }
});

test("the top keys leave out rows of 0 even without a threshold", () => {
  assert.deepEqual(topKeys(new Float32Array(4), 2, 2, 0), []);
});

test("lines are every pair from the threshold, without pairs of weight 0 and later keys of a causal model", () => {
  const weights = Float32Array.of(0.5, 0.5, 0.125, 0.875);
  const pairs = (lines) => lines.map(({ query, key }) => `${query}-${key}`);
  assert.deepEqual(pairs(linesAbove(weights, 2, 0.5, false)), ["0-0", "0-1", "1-1"]);
  assert.deepEqual(pairs(linesAbove(weights, 2, 0, true)), ["0-0", "1-0", "1-1"]);
  assert.deepEqual(pairs(linesAbove(Float32Array.of(1, 0, 0, 1), 2, 0, false)), ["0-0", "1-1"]);
});

test("sums are of rows for queries and of columns for keys", () => {
  const weights = Float32Array.of(0.25, 0.75, 0.5, 0.5);
  const refs = [
    { token: 0, side: "query" },
    { token: 1, side: "query" },
    { token: 1, side: "key" },
  ];
  assert.deepEqual(summedWeights(weights, 2, refs, "query"), Float32Array.of(0.75, 1.25));
  assert.deepEqual(summedWeights(weights, 2, refs, "key"), Float32Array.of(0.75, 0.5));
  assert.equal(summedWeights(weights, 2, refs.slice(0, 2), "key"), null);
});

test("the share on some keys is the mean over the queries that are shown", () => {
  const pattern = Float32Array.of(0.5, 0.25, 0.25, 0.1, 0.2, 0.7, 1, 0, 0);
  assertClose([shareOnKeys(pattern, 3, new Set([0]), new Set())], [1.6 / 3]);
  assertClose([shareOnKeys(pattern, 3, new Set([0, 1]), new Set([0, 2]))], [0.3]);
  assert.equal(shareOnKeys(pattern, 3, new Set([0]), new Set([0, 1, 2])), 0);
});

test("the cut keeps the first positions and makes rows sum to 1", () => {
  const mean = Float32Array.of(0.25, 0.25, 0.5, 0.125, 0.375, 0.5, 0.2, 0.3, 0.5);
  assert.deepEqual(cutToLength(mean, 3, 2), Float32Array.of(0.5, 0.5, 0.25, 0.75));
});

test("the whole keeps rows that sum to 1, and a row without weight stays 0", () => {
  const mean = Float32Array.of(0.25, 0.75, 0, 0);
  assert.deepEqual(cutToLength(mean, 2, 2), mean);
});

test("a sink logit is the last key, and keeps its share of the mean", () => {
  const mean = Float32Array.of(0.5, 0.25, 0, 0, 0.25, 0.25, 0, 0, 0);
  assert.deepEqual(
    cutToLength(mean, 3, 2, true),
    Float32Array.of(0.5, 0.25, 0.25, 0, 1 / 3, 2 / 3, 0, 0, 0),
  );
});

test("a sentence longer than the mean is refused", () => {
  assert.throws(() => cutToLength(new Float32Array(4), 2, 3), RangeError);
});

test("the later position decides how many sentences have both", () => {
  const counts = [9, 7, 2];
  assert.equal(sentencesWithBoth(counts, 0, 2), 2);
  assert.equal(sentencesWithBoth(counts, 1, 0), 7);
});
