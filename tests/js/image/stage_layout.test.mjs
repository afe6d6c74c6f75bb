import assert from "node:assert/strict";
import { test } from "node:test";

import { patchIn } from "../../../assets/js/image/image_sheet.mjs";
import { patchGrid, tokenCount } from "../../../assets/js/image/patch_grid.mjs";
import { areaOf, layOutStage, tokenAt } from "../../../assets/js/image/stage_layout.mjs";

const ROOM = { width: 400, height: 600 };
const CASES = [
  ["one prefix token", patchGrid([8, 8], 65), { width: 64, height: 64 }],
  ["none", patchGrid([4, 4], 16), { width: 224, height: 224 }],
  ["twice as wide as high", patchGrid([3, 6], 19), { width: 96, height: 48 }],
  ["higher than wide", patchGrid([10, 4], 45), { width: 64, height: 160 }],
  ["more prefix tokens than fit", patchGrid([2, 8], 36), { width: 128, height: 32 }],
];

for (const [name, grid, pixels] of CASES) {
  test(`every token is found where it is drawn: ${name}`, () => {
    const layout = layOutStage(grid, pixels, ROOM);
    for (let token = 0; token < tokenCount(grid); token++) {
      const { x, y, width, height } = areaOf(layout, token);
      assert.equal(tokenAt(layout, x + width / 2, y + height / 2), token);
      assert.equal(tokenAt(layout, x + 0.1, y + 0.1), token);
      assert.equal(tokenAt(layout, x + width - 0.1, y + height - 0.1), token);
    }
    assert.equal(tokenAt(layout, 0, 0), null);
    assert.equal(tokenAt(layout, layout.width, layout.height), null);
  });

  test(`everything fits, and the picture keeps its shape: ${name}`, () => {
    const { picture, prefix, width, height } = layOutStage(grid, pixels, ROOM);
    assert.ok(width <= ROOM.width);
    for (const { x, y, width: wide, height: high } of [picture, ...prefix]) {
      assert.ok(x >= 0 && y >= 0 && x + wide <= width && y + high <= height);
    }
    assert.equal(picture.width % grid.columns, 0);
    assert.equal(picture.height % grid.rows, 0);
    const ratio = picture.width / picture.height / (pixels.width / pixels.height);
    assert.ok(Math.abs(ratio - 1) < 0.1, `${ratio}`);
    assert.equal(prefix.length, grid.nPrefix);
  });
}

test("prefix boxes neither cover each other nor the picture", () => {
  const { picture, prefix } = layOutStage(patchGrid([7, 7], 54), { width: 224, height: 224 }, ROOM);
  for (const [index, box] of prefix.entries()) {
    assert.ok(box.x + box.width < picture.x);
    if (index > 0) assert.ok(box.y >= prefix[index - 1].y + prefix[index - 1].height);
  }
});

test("small patches share their edges and fill the picture", () => {
  const grid = patchGrid([3, 7], 22);
  const place = { left: 5, top: 9, width: 100, height: 50 };
  const patches = Array.from({ length: 21 }, (_, patch) => patchIn(grid, 1 + patch, place));
  assert.equal(patches.reduce((area, { width, height }) => area + width * height, 0), 100 * 50);
  assert.equal(patches[0].left + patches[0].width, patches[1].left);
  assert.equal(patches[0].top + patches[0].height, patches[7].top);
  assert.throws(() => patchIn(grid, 0, place), RangeError);
});
