import assert from "node:assert/strict";
import { test } from "node:test";

import { hidePrefix, imageChoicesOf, imageState, INITIAL, setThreshold } from "../../../assets/js/image/image_choices.mjs";

const DEFAULT = { threshold: null, value_norm: false, hidden: "", stretch: true, dim: true };

test("defaults leave no trace, in every mode", () => {
  for (const mode of ["highest", "attention", "flows", "rollout"]) assert.deepEqual(imageState({ ...INITIAL, mode }, false), DEFAULT);
});

test("a link reopens threshold, switches and hidden groups", () => {
  const choices = { ...hidePrefix(setThreshold({ ...INITIAL, mode: "flows" }, "flows", 0.25), "cls", true), dim: false, valueNorm: true };
  const state = imageState(choices, false);
  assert.deepEqual(state, { threshold: 250, value_norm: true, hidden: "cls", stretch: true, dim: false });
  assert.deepEqual(imageChoicesOf({ ...INITIAL, mode: "flows" }, state, ["cls", "registers"], false), choices);
  assert.deepEqual([...imageChoicesOf(INITIAL, { ...state, hidden: "other" }, ["cls"], false).hiding], []);
});

test("groups that the application hides are not in the link", () => {
  assert.equal(imageState(hidePrefix(INITIAL, "cls", true), true).hidden, "");
});
