import assert from "node:assert/strict";
import { test } from "node:test";

import { mapChanges, menuChanges, rowChanges, tintChanges } from "../../../assets/js/state/menu_choices.mjs";
import { DEFAULTS } from "../../../assets/js/state/view_state.mjs";

const VALUES = { projection: "pca", color: "norm", lines: true, norm: false, patches: true, filled: false };
const TEXT = /** @type {any} */ ({ kind: "text" });
const IMAGES = /** @type {any} */ ({ kind: "image" });

test("labels stay undecided until somebody switches them from what suits the run", () => {
  const labels = (/** @type {any} */ inputs, /** @type {boolean} */ on, before = /** @type {boolean | null} */ (null)) =>
    menuChanges({ ...DEFAULTS, labels: before }, inputs, { ...VALUES, labels: on }).labels;
  assert.deepEqual([labels(TEXT, true), labels(TEXT, false)], [null, false]);
  assert.deepEqual([labels(IMAGES, true), labels(IMAGES, false)], [true, null]);
  assert.deepEqual([labels(TEXT, true, false), labels(TEXT, false, false)], [true, false]);
  assert.deepEqual(menuChanges(DEFAULTS, TEXT, { ...VALUES, labels: true }), { ...VALUES, labels: null });
});

test("without a tint no heads are the strongest", () => {
  assert.deepEqual(tintChanges("self", "12"), { tint: "self", strongest: 12 });
  assert.deepEqual(tintChanges("self", "all"), { tint: "self", strongest: null });
  assert.deepEqual(tintChanges("none", "12"), { tint: "", strongest: null });
});

test("rows and points open their heads, links and nothing do not", () => {
  assert.deepEqual(rowChanges({ rowId: "3.11", colId: "self" }), { view: "head", layer: 3, head: 11 });
  assert.equal(rowChanges({ rowId: "3.11", colId: "name" }), null);
  assert.equal(rowChanges(undefined), null);
  assert.deepEqual(mapChanges({ points: [{ pointNumber: 13 }] }, 12), { view: "head", layer: 1, head: 1 });
  assert.equal(mapChanges(undefined, 12), null);
});
