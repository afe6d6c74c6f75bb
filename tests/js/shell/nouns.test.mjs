import assert from "node:assert/strict";
import test from "node:test";

import { worded } from "../../../assets/js/shell/nouns.mjs";

const IMAGE = { instance: "image", instances: "images", token: "patch", tokens: "patches", sought: "label" };

test("words take the place of their names, with a capital letter where the name has one", () => {
  assert.equal(worded("All {instances}", IMAGE), "All images");
  assert.equal(worded("{Instance} 4 of 12, {tokens}", IMAGE), "Image 4 of 12, patches");
});

test("a text without names stays", () => {
  assert.equal(worded("Reset zoom", IMAGE), "Reset zoom");
});
