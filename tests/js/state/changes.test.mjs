import assert from "node:assert/strict";
import { test } from "node:test";

import { allHeads, cleared, inOtherRun, mapChanges, neighbor, rowChanges } from "../../../assets/js/state/changes.mjs";

const MODEL = { n_layers: 3, n_heads: 4 };
const MATRIX = /** @type {any} */ ({
  ...{ view: "matrix", run: "a", dims: 2, color: "", layer: null, head: null, instance: null, token: null, side: "query" },
  ...{ labels: null, only: "", tint: "" },
});
const HEAD = { ...MATRIX, view: "head", layer: 1, head: 2 };

test("neighbors are one layer or head away, with all else kept", () => {
  const selected = { ...HEAD, instance: 5, token: 2, side: "key" };
  assert.deepEqual(neighbor(selected, "up", MODEL), { ...selected, layer: 0 });
  assert.deepEqual(neighbor(selected, "down", MODEL), { ...selected, layer: 2 });
  assert.deepEqual(neighbor(selected, "left", MODEL), { ...selected, head: 1 });
  assert.deepEqual(neighbor(selected, "right", MODEL), { ...selected, head: 3 });
});

test("there is nothing beyond the edges, and no neighbor of all heads", () => {
  const first = { ...HEAD, layer: 0, head: 0 };
  const last = { ...HEAD, layer: 2, head: 3 };
  const none = [neighbor(first, "up", MODEL), neighbor(first, "left", MODEL), neighbor(last, "down", MODEL), neighbor(last, "right", MODEL)];
  assert.deepEqual(none, [null, null, null, null]);
  assert.equal(neighbor(MATRIX, "down", MODEL), null);
});

test("another run keeps what it can have too", () => {
  const state = { ...HEAD, color: "hue", instance: 3, labels: true, only: "0.1", tint: "focus", dims: 3 };
  const meta = { encodings: [{ name: "hue", kind: "cyclic" }, { name: "type", kind: "type" }, { name: "patch", kind: "patch" }] };
  const kept = { ...HEAD, color: "hue", tint: "focus", dims: 3 };
  assert.deepEqual(inOtherRun(state, { meta }), kept);
  assert.deepEqual(inOtherRun({ ...state, view: "instance" }, { meta }), kept);
  assert.deepEqual(inOtherRun({ ...MATRIX, only: "0.1" }, { meta }), MATRIX);
  assert.equal(inOtherRun({ ...state, color: "type" }, { meta }).color, "");
  assert.equal(inOtherRun({ ...state, color: "patch" }, { meta }).color, "");
  assert.equal(inOtherRun(state, null).color, "hue");
});

test("clearing drops the selection and nothing else", () => {
  assert.deepEqual(cleared({ ...HEAD, instance: 5, token: 2, side: "key" }), HEAD);
  assert.deepEqual(allHeads({ ...HEAD, instance: 5, token: 2, side: "key" }), MATRIX);
});

test("rows and points open their heads; links and empty clicks do not", () => {
  assert.deepEqual(rowChanges({ rowId: "3.11", colId: "self" }), { view: "head", layer: 3, head: 11 });
  assert.equal(rowChanges({ rowId: "3.11", colId: "name" }), null);
  assert.equal(rowChanges(undefined), null);
  assert.deepEqual(mapChanges({ points: [{ pointNumber: 13 }] }, 12), { view: "head", layer: 1, head: 1 });
  assert.equal(mapChanges(undefined, 12), null);
});
