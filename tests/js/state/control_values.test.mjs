import assert from "node:assert/strict";
import test from "node:test";

import { changedControls } from "../../../assets/js/state/control_values.mjs";
import { DEFAULTS } from "../../../assets/js/state/view_state.mjs";

test("only the controls of what changed are set", () => {
  const after = { ...DEFAULTS, projection: "pca", layer: 3, norm: true, token: 7 };
  assert.deepEqual(changedControls(DEFAULTS, after), { projection: "pca", layer: "3", "scale-by-norm": true });
});

test("a head that is left keeps its numbers in the menus", () => {
  assert.deepEqual(changedControls({ ...DEFAULTS, layer: 3, head: 0 }, DEFAULTS), {});
});
