import assert from "node:assert/strict";
import { test } from "node:test";

import { patchAt, patchGrid, prefixGroups, tokenBeside, tokenCount } from "../../../assets/js/image/patch_grid.mjs";

const WIDE = patchGrid([2, 3], 8);
const BARE = patchGrid([3, 2], 6);

test("prefix tokens are the ones left of the patches", () => {
  assert.deepEqual(WIDE, { nPrefix: 2, rows: 2, columns: 3 });
  assert.equal(BARE.nPrefix, 0);
  assert.equal(tokenCount(WIDE), 8);
  assert.throws(() => patchGrid([3, 3], 8), /8 tokens has no 3 x 3 patches/);
});

test("patches go row by row behind the prefix", () => {
  const places = Array.from({ length: 8 }, (_, token) => patchAt(WIDE, token));
  const rows = [0, 1].flatMap((row) => [0, 1, 2].map((column) => ({ row, column })));
  assert.deepEqual(places, [null, null, ...rows]);
  assert.deepEqual(patchAt(BARE, 5), { row: 2, column: 1 });
});

test("prefix tokens are CLS or others, by their names", () => {
  const grid = patchGrid([1, 1], 4);
  const groups = prefixGroups(["[CLS]", "[REG 1]", "[DIST]", "patch 0,0"], grid);
  assert.deepEqual(groups, { cls: [0], registers: [1, 2] });
  assert.deepEqual(prefixGroups(["cls", "patch"], patchGrid([1, 2], 2)), { cls: [], registers: [] });
  assert.deepEqual(prefixGroups(["[PREFIX 1]", "patch 0,0"], patchGrid([1, 1], 2)), { cls: [], registers: [0] });
});

test("arrow keys walk over the patches and stop at their edges", () => {
  const walk = (token, ...keys) => keys.reduce((at, key) => tokenBeside(WIDE, at, key), token);
  assert.equal(walk(2, "ArrowRight", "ArrowRight", "ArrowDown"), 7);
  assert.equal(walk(7, "ArrowRight"), 7);
  assert.equal(walk(7, "ArrowDown"), 7);
  assert.equal(walk(7, "ArrowUp", "ArrowLeft"), 3);
  assert.equal(walk(5, "Home"), 0);
  assert.equal(walk(0, "End"), 7);
  assert.equal(tokenBeside(WIDE, 2, "x"), null);
});

test("left of the first column stand the prefix tokens", () => {
  assert.equal(tokenBeside(WIDE, 2, "ArrowLeft"), 0);
  assert.equal(tokenBeside(WIDE, 5, "ArrowLeft"), 1);
  assert.equal(tokenBeside(WIDE, 0, "ArrowDown"), 1);
  assert.equal(tokenBeside(WIDE, 1, "ArrowDown"), 1);
  assert.equal(tokenBeside(WIDE, 1, "ArrowRight"), 5);
  assert.equal(tokenBeside(WIDE, 0, "ArrowLeft"), 0);
  assert.equal(tokenBeside(BARE, 2, "ArrowLeft"), 2);
});

test("with more prefix tokens than rows, all can be reached", () => {
  const grid = patchGrid([1, 2], 7);
  assert.equal(tokenBeside(grid, 5, "ArrowLeft"), 0);
  assert.equal(tokenBeside(grid, 3, "ArrowDown"), 4);
  assert.equal(tokenBeside(grid, 4, "ArrowRight"), 5);
});
