import assert from "node:assert/strict";
import test from "node:test";

import { titleOf, worded } from "../../../assets/js/shell/nouns.mjs";

const IMAGE = { instance: "image", instances: "images", token: "patch", tokens: "patches", sought: "label" };

test("words take the place of their names, with a capital letter where the name has one", () => {
  assert.equal(worded("All {instances}", IMAGE), "All images");
  assert.equal(worded("{Instance} 4 of 12, {tokens}", IMAGE), "Image 4 of 12, patches");
});

test("a text without names stays", () => {
  assert.equal(worded("Reset zoom", IMAGE), "Reset zoom");
});

test("the tab names the place in the run, the run and the application", () => {
  const run = { name: "MiniLM", nouns: IMAGE };
  const state = /** @type {const} */ ({ view: "matrix", layer: null, head: null, instance: null });
  assert.equal(titleOf(state, run), "MiniLM · AttentionViz");
  assert.equal(titleOf({ ...state, view: "heads" }, run), "Metrics · MiniLM · AttentionViz");
  assert.equal(titleOf({ ...state, view: "head", layer: 3, head: 9 }, run), "L3 H9 · MiniLM · AttentionViz");
  assert.equal(titleOf({ view: "instance", layer: 3, head: 9, instance: 4 }, run), "Image 5 · L3 H9 · MiniLM · AttentionViz");
});
