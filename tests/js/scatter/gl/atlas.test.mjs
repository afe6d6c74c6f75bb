import assert from "node:assert/strict";
import test from "node:test";

import { patchNumbers, patchCell } from "../../../../assets/js/data/patches.mjs";
import { atlasBytes, atlasLayout, pageTexels, taps } from "../../../../assets/js/scatter/gl/atlas.mjs";
import { ICON, iconName, spriteTable } from "../../../../assets/js/scatter/gl/sprites.mjs";
import { TABLE_WIDTH } from "../../../../assets/js/scatter/gl/shaders.mjs";

const ROOMY = { side: 16384, pages: 2048 };

test("tiles are powers of two, as large as their patches, and all patches have one", () => {
  for (const [patches, side, tile] of [[512, 8, 8], [1960, 16, 16], [490, 32, 32], [784, 14, 16], [1, 200, 64]]) {
    const layout = atlasLayout(patches, { width: side, height: side }, ROOMY);
    assert.equal(layout.tile, tile);
    assert.ok(layout.columns * layout.rows * layout.pages >= patches);
    assert.ok(layout.columns * tile <= 2048 && layout.rows * tile <= 2048);
  }
});

test("100 pictures of 224 x 224 pixels take less than 40 MB of the graphics card, 10 000 less than 90", () => {
  const bytes = (pictures) => atlasBytes(atlasLayout(pictures * 196, { width: 16, height: 16 }, ROOMY));
  assert.ok(bytes(100) > 100 * 224 * 224 * 4 && bytes(100) < 40e6);
  assert.ok(bytes(10000) < 90e6);
});

test("a card with small textures gets more pages, and then smaller tiles", () => {
  const layout = atlasLayout(1000, { width: 16, height: 16 }, { side: 256, pages: 8 });
  assert.deepEqual(layout, { tile: 16, columns: 16, rows: 16, pages: 4 });
  assert.equal(atlasLayout(4000, { width: 16, height: 16 }, { side: 256, pages: 8 }).tile, 8);
  assert.throws(() => atlasLayout(1e6, { width: 16, height: 16 }, { side: 64, pages: 8 }), /show them as dots/);
});

/** Two pictures of 2 x 3 patches of 4 x 4 pixels; every pixel of a patch is its number, but the last is 100 larger. */
function pictures(width = 12, height = 8) {
  const pixels = new Uint8Array(2 * height * width * 3);
  for (let picture = 0; picture < 2; picture++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const patch = 6 * picture + 3 * Math.floor(y / 4) + Math.floor(x / 4);
        const at = 3 * ((picture * height + y) * width + x);
        pixels.set([patch + (x % 4 === 3 && y % 4 === 3 ? 100 : 0), 200, 7], at);
      }
    }
  }
  return { pixels, width, height };
}

/** Red of one texel of a patch. */
function red(texels, { tile, columns, rows }, patch, x, y) {
  const slot = patch % (columns * rows);
  return texels[4 * ((Math.floor(slot / columns) * tile + y) * columns * tile + (slot % columns) * tile + x)];
}

test("every patch lands on its own tile, pixel for pixel", () => {
  const layout = { tile: 4, columns: 5, rows: 2, pages: 2 };
  const pages = [0, 1].map((page) => pageTexels(pictures(), [2, 3], layout, page));
  for (let patch = 0; patch < 12; patch++) {
    const page = pages[Math.floor(patch / 10)];
    assert.equal(red(page, layout, patch, 0, 0), patch);
    assert.equal(red(page, layout, patch, 2, 3), patch);
    assert.equal(red(page, layout, patch, 3, 3), patch + 100);
  }
  assert.deepEqual([...pages[0].subarray(0, 4)], [0, 200, 7, 255]);
});

test("pixels beyond the last whole patch are dropped", () => {
  const layout = { tile: 4, columns: 6, rows: 2, pages: 1 };
  const texels = pageTexels(pictures(14, 9), [2, 3], layout, 0);
  assert.equal(red(texels, layout, 5, 0, 0), 5);
  assert.equal(red(texels, layout, 11, 3, 3), 111);
});

test("a tile smaller than its patch holds means, a larger one what lies between", () => {
  const small = { tile: 2, columns: 4, rows: 3, pages: 1 };
  const texels = pageTexels(pictures(), [2, 3], small, 0);
  assert.equal(red(texels, small, 3, 0, 0), 3);
  assert.equal(red(texels, small, 3, 1, 1), 3 + 25);
  assert.deepEqual(taps(3, 2).map(({ from, weights }) => [from, weights.map((w) => Math.round(w * 6) / 6)]), [
    [0, [4 / 6, 2 / 6]],
    [1, [2 / 6, 4 / 6]],
  ]);
  assert.deepEqual(taps(2, 4), [
    { from: 0, weights: [1] },
    { from: 0, weights: [0.75, 0.25] },
    { from: 0, weights: [0.25, 0.75] },
    { from: 1, weights: [1] },
  ]);
});

const TOKENS = {
  texts: ["CLS", "register 1", "patch 0,0", "patch 0,1", "CLS", "register 1", "patch 0,0", "patch 0,1"],
  special: [true, true, false, false, true, true, false, false],
  offsets: [0, 4, 8],
  grid: [1, 2],
};

test("patches are counted picture after picture, without prefix tokens", () => {
  assert.deepEqual([...patchNumbers(TOKENS)], [-1, -1, 0, 1, -1, -1, 2, 3]);
  assert.deepEqual([4, 7].map((token) => patchCell(TOKENS, token)), [null, { row: 0, column: 1 }]);
  const upright = { special: Array(7).fill(false).with(0, true), grid: [3, 2] };
  assert.deepEqual(patchCell(upright, 6), { row: 2, column: 1 });
  assert.equal(patchCell({ ...upright, grid: null }, 6), null);
});

test("a query and a key of a token show the same sprite, prefix tokens their icon", () => {
  const order = Uint32Array.of(7, 15, 0, 13, 2);
  const wide = Uint32Array.from({ length: 16 }, (_, vertex) => order[vertex] ?? 0);
  const { table, icons } = spriteTable(TOKENS, wide);
  assert.deepEqual(icons, ["CLS", "R1"]);
  assert.equal(table.length, TABLE_WIDTH);
  assert.deepEqual([...table.subarray(0, 5)], [3, 3, ICON, ICON + 1, 0]);
});

test("icons have short names", () => {
  assert.deepEqual(["CLS", "[REG 3]", "register 12", "[DIST]", "distillation"].map(iconName), ["CLS", "REG3", "R12", "DIST", "D"]);
});
