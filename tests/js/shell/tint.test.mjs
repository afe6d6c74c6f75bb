import assert from "node:assert/strict";
import { test } from "node:test";

import { ramp } from "../../../assets/js/shell/tint.mjs";

test("a ramp goes from one color to the other in even steps", () => {
  assert.deepEqual(ramp([0, 0, 0], [1, 0.5, 0.2], 3), ["rgb(0 0 0)", "rgb(128 64 26)", "rgb(255 128 51)"]);
});

test("a ramp between equal colors stays where it is", () => {
  assert.deepEqual(new Set(ramp([0.2, 0.4, 0.6], [0.2, 0.4, 0.6], 5)), new Set(["rgb(51 102 153)"]));
});
