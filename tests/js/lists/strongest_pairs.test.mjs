import assert from "node:assert/strict";
import { test } from "node:test";

import { cellColors } from "../../../assets/js/sentence/head_sheet.mjs";
import { rankedPairs } from "../../../assets/js/lists/strongest_pairs.mjs";

const PLACES = [5, 4, 9, 1, 0, 1, 0, 0, 0, 2, 3, 20, 0, 0, 0, 0, 0, 0];
const WEIGHTS = [0.5, 0.75, 1, 1, 0, 0, 0.875, 0.9375, 0, 0, 0, 0];

test("pairs without special tokens, empty rows left out", () => {
  assert.deepEqual(rankedPairs(PLACES, WEIGHTS, false), [
    { query: 5, key: 4, count: 9, mean: 0.5, highest: 0.75 },
    { query: 1, key: 0, count: 1, mean: 1, highest: 1 },
  ]);
});

test("with special tokens both groups are one list, a mean of many before a single one", () => {
  assert.deepEqual(
    rankedPairs(PLACES, WEIGHTS, true).map(({ query }) => query),
    [2, 5, 1],
  );
});

const PALETTE = /** @type {import("../../../assets/js/kit/colors.mjs").Palette} */ ({
  background: [255, 255, 255],
  line: [0, 0, 0],
  text: [0, 0, 0],
});

test("weight 1 is the line's color, weight 0 the background's, a quarter is in the middle", () => {
  const pixels = cellColors(Uint8Array.of(255, 0, 128, 255), 2, false, PALETTE);
  assert.deepEqual([...pixels], [0, 0, 0, 255, 255, 255, 255, 255, 127, 127, 127, 255, 0, 0, 0, 255]);
});

test("keys after the query are gray where they are absent", () => {
  const pixels = cellColors(Uint8Array.of(255, 0, 0, 255), 2, true, PALETTE);
  assert.deepEqual([...pixels.subarray(4, 8)], [224, 224, 224, 255]);
  assert.deepEqual([...pixels.subarray(8, 12)], [255, 255, 255, 255]);
});
