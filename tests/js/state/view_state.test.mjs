import assert from "node:assert/strict";
import { test } from "node:test";

import { StateTable } from "../../../assets/js/state/view_state.mjs";

/** A table of its own: the real one is declared in Python and checked there. */
const TABLE = new StateTable(
  /** @type {any} */ ({
    fields: [
      { name: "view", default: "matrix", type: "text", on_for: null },
      { name: "run", default: "", type: "text", on_for: null },
      { name: "dims", default: 2, type: "number", on_for: null },
      { name: "search", default: "", type: "text", on_for: null },
      { name: "mode", default: "exact", type: "text", on_for: null },
      { name: "layer", default: null, type: "number", on_for: null },
      { name: "token", default: null, type: "number", on_for: null },
      { name: "labels", default: null, type: "boolean", on_for: "text" },
      { name: "lines", default: true, type: "boolean", on_for: null },
      { name: "tint", default: "", type: "text", on_for: null },
      { name: "strongest", default: null, type: "number", on_for: null },
    ],
    paths: { matrix: "/", head: "/head" },
    controls: [
      { id: "run", field: "run", handler: "choose", empty: null, needs: "" },
      { id: "search", field: "search", handler: "search", empty: "", needs: "" },
      { id: "search-mode", field: "mode", handler: "search", empty: null, needs: "" },
      { id: "layer", field: "layer", handler: "", empty: null, needs: "" },
      { id: "labels", field: "labels", handler: "choose", empty: null, needs: "" },
      { id: "attention-lines", field: "lines", handler: "choose", empty: null, needs: "" },
      { id: "tint", field: "tint", handler: "choose", empty: "none", needs: "" },
      { id: "strongest", field: "strongest", handler: "choose", empty: "all", needs: "tint" },
    ],
  }),
);
const STATE = /** @type {any} */ ({ ...TABLE.defaults, view: "head", run: "a", layer: 1 });
const choose = (/** @type {unknown[]} */ values, state = STATE, modality = "text") => TABLE.chosen(state, modality, "choose", values);

test("defaults leave no trace in the query", () => {
  assert.equal(TABLE.query(TABLE.defaults), "");
  assert.equal(TABLE.query({ ...TABLE.defaults, view: "head" }), "");
});

test("all other values are in the query, in the order of the fields", () => {
  assert.equal(TABLE.query({ ...STATE, token: 0, dims: 3 }), "?run=a&dims=3&layer=1&token=0");
  assert.equal(TABLE.query({ ...TABLE.defaults, lines: false, labels: false }), "?labels=0&lines=0");
  assert.equal(TABLE.href({ ...STATE, labels: true }), "/head?run=a&layer=1&labels=1");
});

test("characters with a meaning in links are encoded", () => {
  const search = "a&b=c #1+1%, café 🐟";
  const query = TABLE.query({ ...TABLE.defaults, search });
  assert.equal(new URLSearchParams(query).get("search"), search);
  assert.match(query, /^\?search=[\w%+.*-]+$/);
});

test("states are the same when every field of the table is", () => {
  assert.equal(TABLE.same(STATE, { ...STATE, unlisted: 1 }), true);
  for (const [name, value] of Object.entries({ view: "matrix", token: 0, mode: "regex", lines: false, strongest: 4 })) {
    assert.equal(TABLE.same(STATE, { ...STATE, [name]: value }), false, name);
  }
});

test("an undecided switch is on for its modality only", () => {
  const shown = (/** @type {any} */ labels) => ["text", "image"].map((modality) => TABLE.decided({ ...STATE, labels }, modality).labels);
  assert.deepEqual([null, true, false].map(shown), [[true, false], [true, true], [false, false]]);
});

test("values of controls become values of fields", () => {
  const { changes, complete } = choose(["b", true, false, "self", "12"]);
  assert.deepEqual(changes, { run: "b", labels: null, lines: false, tint: "self", strongest: 12 });
  assert.equal(complete, true);
  assert.deepEqual(TABLE.chosen(STATE, "text", "search", ["fish", "regex"]).changes, { search: "fish", mode: "regex" });
  assert.deepEqual(TABLE.chosen(STATE, "text", "search", [null, "exact"]).changes, { search: "", mode: "exact" });
});

test("a menu without a value changes nothing and leaves the choice incomplete", () => {
  const { changes, complete } = choose([null, true, true, "none", "all"]);
  assert.equal("run" in changes, false);
  assert.equal(complete, false);
});

test("labels stay undecided until they are switched from the default of the modality", () => {
  const labels = (/** @type {string} */ modality, /** @type {boolean} */ on, before = /** @type {boolean | null} */ (null)) =>
    choose(["a", on, true, "none", "all"], { ...STATE, labels: before }, modality).changes.labels;
  assert.deepEqual([labels("text", true), labels("text", false)], [null, false]);
  assert.deepEqual([labels("image", true), labels("image", false)], [true, null]);
  assert.deepEqual([labels("text", true, false), labels("text", false, false)], [true, false]);
});

test("without a tint no heads are the strongest", () => {
  const tinted = (/** @type {string} */ tint, /** @type {string} */ strongest) => {
    const { changes } = choose(["a", true, true, tint, strongest]);
    return { tint: changes.tint, strongest: changes.strongest };
  };
  assert.deepEqual(tinted("self", "12"), { tint: "self", strongest: 12 });
  assert.deepEqual(tinted("self", "all"), { tint: "self", strongest: null });
  assert.deepEqual(tinted("none", "12"), { tint: "", strongest: null });
});

test("only the controls of changed fields are set", () => {
  const after = { ...TABLE.defaults, layer: 3, lines: false, token: 7 };
  assert.deepEqual(TABLE.shown(TABLE.defaults, after), { layer: "3", "attention-lines": false });
});

test("a cleared limit shows its menu value, and a head that is left keeps its number", () => {
  assert.deepEqual(TABLE.shown({ ...TABLE.defaults, strongest: 4, layer: 3 }, TABLE.defaults), { strongest: "all" });
});
