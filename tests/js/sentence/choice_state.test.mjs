import assert from "node:assert/strict";
import { test } from "node:test";

import { hideGroup, hideSinks, INITIAL, toggleHidden, togglePinned } from "../../../assets/js/sentence/choices.mjs";
import { choicesOf, choiceState, groupsIn } from "../../../assets/js/sentence/choice_state.mjs";

const GROUPS = { cls: [0], sep: [5], first: [0], bos: [0] };
const NONE = new Set();
const DEFAULT = { form: "lines", threshold: null, value_norm: false, hidden: "", pinned: "" };

test("defaults leave no trace", () => {
  assert.deepEqual(choiceState(INITIAL, GROUPS, NONE), DEFAULT);
  assert.deepEqual(choicesOf(INITIAL, DEFAULT, GROUPS, 6), INITIAL);
});

test("a link reopens form, threshold, value norms, hidden and pinned tokens", () => {
  let choices = { ...INITIAL, form: "matrix", threshold: 0.055, valueNorm: true };
  choices = hideGroup(choices, "cls", true, GROUPS);
  choices = toggleHidden(toggleHidden(choices, { token: 3, side: "query" }), { token: 4, side: "key" });
  choices = togglePinned(choices, { token: 2, side: "key" });
  const state = choiceState(choices, GROUPS, NONE);
  assert.deepEqual(state, { form: "matrix", threshold: 55, value_norm: true, hidden: "cls_q3_k4", pinned: "k2" });
  assert.deepEqual(choicesOf(INITIAL, state, GROUPS, 6), choices);
});

test("tokens that the application hides are not in the link", () => {
  const sinks = new Set([0, 5]);
  const choices = hideSinks(toggleHidden(INITIAL, { token: 3, side: "key" }), NONE, sinks);
  assert.equal(choiceState(choices, GROUPS, sinks).hidden, "k3");
});

test("what a sentence does not have is ignored", () => {
  const read = choicesOf(INITIAL, { ...DEFAULT, hidden: "nothing_q9_k2_kx__proto__", pinned: "q99_k1" }, GROUPS, 6);
  assert.deepEqual([...read.hiddenKeys], [2]);
  assert.deepEqual([...read.hiddenQueries], []);
  assert.deepEqual(read.pinned, [{ token: 1, side: "key" }]);
});

test("another sentence keeps hidden groups only", () => {
  assert.equal(groupsIn("cls_sep_q3_k4"), "cls_sep");
  assert.equal(groupsIn(""), "");
});
