import assert from "node:assert/strict";
import { test } from "node:test";

import { existing, namesOf } from "../../../assets/js/shell/image_part.mjs";

const TABLE = {
  texts: ["CLS", "patch 0,0", "patch 0,1", "CLS", "patch 0,0", "patch 0,1"],
  special: [true, false, false, true, false, false],
};

test("patches are named with what they show", () => {
  const labels = ["CLS", "disc", "background", "", "", ""];
  assert.deepEqual(namesOf({ ...TABLE, labels }, 0, 3), ["CLS", "patch 0,0 (disc)", "patch 0,1 (background)"]);
  assert.deepEqual(namesOf({ ...TABLE, labels }, 3, 6), ["CLS", "patch 0,0", "patch 0,1"]);
  assert.deepEqual(namesOf(TABLE, 3, 6), ["CLS", "patch 0,0", "patch 0,1"]);
});

test("an address may name a token that the image does not have", () => {
  assert.equal(existing({ token: 3, side: "key" }, 3), null);
  assert.deepEqual(existing({ token: 2, side: "key" }, 3), { token: 2, side: "key" });
  assert.equal(existing(null, 3), null);
});
