import assert from "node:assert/strict";
import { test } from "node:test";

import { DEFAULTS, cleared, inOtherRun, neighbor, sameState, showsLabels, toQuery } from "../../../assets/js/state/view_state.mjs";

const MODEL = { n_layers: 3, n_heads: 4 };
const HEAD = { ...DEFAULTS, view: "head", run: "a", layer: 1, head: 2 };

test("defaults leave no trace in the query", () => {
  assert.equal(toQuery(DEFAULTS), "");
  assert.equal(toQuery({ ...DEFAULTS, view: "head" }), "");
});

test("everything else is there, in one order", () => {
  assert.equal(toQuery({ ...HEAD, dims: 3, side: "key", token: 0 }), "?run=a&dims=3&layer=1&head=2&token=0&side=key");
  assert.equal(toQuery({ ...DEFAULTS, labels: false, norm: true }), "?labels=0&norm=1");
  assert.equal(toQuery({ ...DEFAULTS, pairs: true }), "?pairs=1");
  assert.equal(toQuery({ ...DEFAULTS, norm: true, image_mode: "flows", tint: "hue" }), "?norm=1&image_mode=flows&tint=hue");
});

test("characters with a meaning in links are encoded", () => {
  const search = "a&b=c #1+1%, café 🐟";
  const query = toQuery({ ...DEFAULTS, search });
  assert.equal(new URLSearchParams(query).get("search"), search);
  assert.match(query, /^\?search=[\w%+.*-]+$/);
});

test("states are the same when every field is", () => {
  assert.equal(sameState(HEAD, { ...HEAD }), true);
  for (const [name, value] of Object.entries({ view: "matrix", token: 0, side: "key", search_mode: "regex", norm: true, image_mode: "flows" })) {
    assert.equal(sameState(HEAD, { ...HEAD, [name]: value }), false, name);
  }
});

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
  assert.equal(neighbor(DEFAULTS, "down", MODEL), null);
});

test("tokens have labels unless one says otherwise, patches only when one asks for them", () => {
  const shown = (labels) => ["text", "image"].map((kind) => showsLabels({ ...DEFAULTS, labels }, { kind }));
  assert.deepEqual([null, true, false].map(shown), [[true, false], [true, true], [false, false]]);
});

test("another run keeps what it can have too", () => {
  const state = { ...HEAD, color: "hue", instance: 3, labels: true, only: "0.1", tint: "focus", dims: 3 };
  const meta = { encodings: [{ name: "hue", kind: "cyclic" }, { name: "type", kind: "type" }, { name: "patch", kind: "patch" }] };
  assert.deepEqual(inOtherRun(state, { meta }), { ...DEFAULTS, run: "a", color: "hue", tint: "focus", dims: 3 });
  assert.equal(inOtherRun({ ...state, color: "type" }, { meta }).color, "");
  assert.equal(inOtherRun({ ...state, color: "patch" }, { meta }).color, "");
  assert.equal(inOtherRun(state, null).color, "hue");
});

test("clearing drops the selection and nothing else", () => {
  assert.deepEqual(cleared({ ...HEAD, instance: 5, token: 2, side: "key" }), HEAD);
});
