import assert from "node:assert/strict";
import { test } from "node:test";

import { focusOf, hidePrefix, INITIAL, reset, setThreshold } from "../../../assets/js/image/image_choices.mjs";
import { ImageModel } from "../../../assets/js/image/image_model.mjs";
import { patchGrid, prefixGroups } from "../../../assets/js/image/patch_grid.mjs";

// CLS, a register, and 1 x 3 patches.
const NAMES = ["[CLS]", "[REG 1]", "a", "b", "c"];
const ROWS = [
  [0.5, 0.0, 0.25, 0.125, 0.125],
  [0.2, 0.2, 0.2, 0.2, 0.2],
  [0.6, 0.1, 0.2, 0.06, 0.04],
  [0.0, 0.2, 0.1, 0.4, 0.3],
  [0.04, 0.01, 0.9, 0.03, 0.02],
];

function modelOf(given = {}) {
  const grid = patchGrid([1, 3], 5);
  const groups = prefixGroups(NAMES, grid);
  const pattern = Float32Array.from(ROWS.flat());
  return new ImageModel({ grid, groups, names: NAMES, pattern, rollout: null, valueNorms: null, ...given });
}

const near = (found, expected) =>
  found.forEach((value, index) => assert.ok(Math.abs(value - expected[index]) < 1e-6, `${index}: ${value} ${expected[index]}`));
const pairs = (lines) => lines.map(({ query, key }) => [query, key]);
const selected = (token, side) => ({ ...INITIAL, mode: "attention", selected: { token, side } });

test("the strongest key of every patch, of CLS too, but from patches only", () => {
  assert.deepEqual(pairs(modelOf().arrows(INITIAL)), [[2, 0], [3, 3], [4, 2]]);
  assert.deepEqual(pairs(modelOf().arrows(setThreshold(INITIAL, "highest", 0.5))), [[2, 0], [4, 2]]);
});

test("a patch whose strongest key is below the threshold has no arrow", () => {
  const even = modelOf({ pattern: new Float32Array(25).fill(0.04) });
  assert.deepEqual(even.arrows(INITIAL), []);
});

test("all flows are all pairs from the threshold, of prefix tokens too", () => {
  const flows = modelOf().arrows({ ...INITIAL, mode: "flows" });
  const expected = ROWS.flatMap((row, query) => row.flatMap((weight, key) => (weight >= 0.1 ? [[query, key]] : [])));
  // 0.1 is a little more in single precision.
  assert.deepEqual(pairs(flows), expected);
  near(flows.map(({ weight }) => weight), expected.map(([query, key]) => ROWS[query][key]));
});

test("heat is a query's row or a key's column, without a selection the mean over queries", () => {
  const model = modelOf();
  const row = model.heat(selected(2, "query"));
  assert.equal(row.side, "key");
  near(row.values, ROWS[2]);
  const column = model.heat(selected(2, "key"));
  assert.equal(column.side, "query");
  near(column.values, ROWS.map((each) => each[2]));
  const mean = model.heat({ ...INITIAL, mode: "attention" });
  assert.equal(mean.side, "key");
  near(mean.values, NAMES.map((_, key) => ROWS.reduce((sum, each) => sum + each[key], 0) / 5));
});

test("the hovered token goes before the selected one", () => {
  const choices = { ...selected(2, "query"), hovered: { token: 4, side: "query" } };
  near(modelOf().heat(choices).values, ROWS[4]);
  assert.equal(focusOf(INITIAL), null);
});

test("hiding divides rows by the rest, and removes the tokens on both sides", () => {
  const model = modelOf();
  const choices = hidePrefix(hidePrefix(INITIAL, "cls", true), "registers", true);
  const weights = model.attention(choices);
  near(weights.subarray(10, 15), [0, 0, 0.2 / 0.3, 0.06 / 0.3, 0.04 / 0.3]);
  near(weights.subarray(0, 10), new Float32Array(10));
  assert.deepEqual([...model.hidden(choices)], [0, 1]);
  assert.ok(Math.abs(model.removedShare(choices) - (0.7 + 0.2 + 0.05) / 3) < 1e-6);
  assert.equal(model.removedShare(INITIAL), 0);
  assert.deepEqual(pairs(model.arrows(choices)), [[2, 2], [3, 3], [4, 2]]);
  near(model.heat(choices).values, [2, 3, 4].map((query) => [...weights.subarray(5 * query, 5 * query + 5)]).reduce((a, b) => a.map((value, key) => value + b[key])).map((sum) => sum / 3));
  near(model.attention(hidePrefix(choices, "cls", false)).subarray(10, 15), [0.6, 0, 0.2, 0.06, 0.04].map((weight) => weight / 0.9));
});

test("value norms weigh attention, not the rollout", () => {
  const valueNorms = Float32Array.of(0, 1, 2, 1, 1);
  const rollout = Float32Array.from(ROWS.flat().reverse());
  const model = modelOf({ valueNorms, rollout });
  const weighed = model.attention({ ...INITIAL, valueNorm: true }).subarray(10, 15);
  near(weighed, [0, 0.1, 0.4, 0.06, 0.04].map((weight) => weight / 0.6));
  const shown = model.weights({ ...INITIAL, mode: "rollout", valueNorm: true });
  near(shown, rollout);
  near(model.weights({ ...INITIAL, mode: "attention", valueNorm: true }), model.attention({ ...INITIAL, valueNorm: true }));
});

test("the rollout hides tokens as attention does", () => {
  const model = modelOf({ rollout: Float32Array.from(ROWS.flat()) });
  const choices = { ...hidePrefix(selected(2, "query"), "cls", true), mode: "rollout" };
  near(model.heat(choices).values, [0, 0.25, 0.5, 0.15, 0.1]);
});

test("hiding names its source: attention, or its rollout", () => {
  const rollout = Float32Array.from(ROWS.flatMap(() => [0.6, 0.1, 0.1, 0.1, 0.1]));
  const model = modelOf({ rollout });
  const choices = hidePrefix(selected(2, "query"), "cls", true);
  near([model.removedShare(choices)], [(0.2 + 0.6 + 0.0 + 0.04) / 4]);
  near([model.removedShare({ ...choices, mode: "rollout" })], [0.6]);
});

test("a rollout is scaled to what other tokens have, attention to all", () => {
  const model = modelOf({ rollout: Float32Array.from(ROWS.flat()) });
  const strongest = (/** @type {any} */ choices) => model.strongest(choices, model.heat(choices));
  near([strongest(selected(3, "query"))], [0.4]);
  near([strongest({ ...selected(3, "query"), mode: "rollout" })], [0.3]);
  near([strongest({ ...INITIAL, mode: "rollout" })], [ROWS.reduce((sum, row) => sum + row[2], 0) / 5]);
});

test("the scatterplot gets two strong keys a query, or the hovered token's lines", () => {
  const model = modelOf();
  assert.deepEqual(pairs(model.scatterplotLines(INITIAL)).filter(([query]) => query === 2), [[2, 0], [2, 2]]);
  assert.deepEqual(pairs(model.scatterplotLines(INITIAL)).filter(([query]) => query === 4), [[4, 2]]);
  const hovered = { ...INITIAL, hovered: { token: 2, side: "key" } };
  assert.deepEqual(pairs(model.scatterplotLines(hovered)), [[0, 2], [1, 2], [2, 2], [3, 2], [4, 2]]);
  assert.equal(model.scatterplotLines(INITIAL), model.scatterplotLines({ ...INITIAL, mode: "flows" }));
});

test("reset keeps mode and selection alone", () => {
  const changed = { ...setThreshold(hidePrefix(selected(3, "key"), "cls", true), "flows", 0.7), valueNorm: true, stretch: false };
  assert.deepEqual(reset({ ...changed, side: "key" }), { ...INITIAL, mode: "attention", side: "key", selected: { token: 3, side: "key" } });
});
