import assert from "node:assert/strict";
import { test } from "node:test";

import { ramp } from "../../../assets/js/shell/tint.mjs";

test("a ramp goes from one color to the other in even steps", () => {
  assert.deepEqual(ramp([0, 0, 0], [255, 128, 51], 3), ["#000000", "#80401a", "#ff8033"]);
});

test("a ramp between equal colors stays where it is", () => {
  assert.deepEqual(new Set(ramp([51, 102, 153], [51, 102, 153], 5)), new Set(["#336699"]));
});
