import assert from "node:assert/strict";
import { test } from "node:test";

import {
  HEADING,
  SMALLEST_NAMED,
  compactExtent,
  compactGrid,
  compactHeadAt,
  compactOrigin,
} from "../../../../assets/js/scatter/camera/compact_grid.mjs";

const ROOMS = [
  { width: 1100, height: 800 },
  { width: 366, height: 480 },
  { width: 40, height: 30 },
];

for (const count of [1, 2, 4, 12, 24, 72, 144, 1024]) {
  for (const room of ROOMS) {
    test(`${count} heads fit ${room.width} x ${room.height} in order, row by row`, () => {
      const heads = Array.from({ length: count }, (_, i) => (i * 7 + 3) % 10_007);
      const grid = compactGrid(heads, room);
      const { width, height } = compactExtent(grid);
      const size = Math.min(room.width / width, room.height / height);
      let before = [-1, -1];
      for (const head of heads) {
        const [x, y] = compactOrigin(grid, head);
        assert.ok(y > before[1] + 1e-9 || (Math.abs(y - before[1]) < 1e-9 && x >= before[0] + 1));
        assert.ok(x >= 0 && y >= 0 && x + 1 <= width + 1e-9 && y + 1 <= height + 1e-9);
        assert.equal(compactHeadAt(grid, x + 0.5, y + 0.5), head);
        before = [x, y];
      }
      if (size >= SMALLEST_NAMED) assert.ok((grid.pitch.y - 1) * size >= HEADING - 1e-6);
      assert.equal(compactHeadAt(grid, -0.1, 0.5), null);
      assert.equal(compactHeadAt(grid, 0.5, height + 0.1), null);
    });
  }
}

test("no other number of columns makes cells larger", () => {
  const room = ROOMS[0];
  const grid = compactGrid([...Array(12).keys()], room);
  const { width, height } = compactExtent(grid);
  const size = Math.min(room.width / width, room.height / height);
  for (let columns = 1; columns <= 12; columns++) {
    const other = Math.min(room.width / (columns * 1.06 - 0.06), room.height / Math.ceil(12 / columns) - HEADING);
    assert.ok(size >= other - 1e-6);
  }
});

test("a heading belongs to its head, the gap between columns and an empty place to none", () => {
  const grid = compactGrid([4, 5, 6], { width: 400, height: 400 });
  assert.equal(grid.columns, 2);
  assert.equal(compactHeadAt(grid, 0.5, 0.01), 4);
  assert.equal(compactHeadAt(grid, 1.03, 0.5), null);
  assert.equal(compactHeadAt(grid, 1.5, grid.pitch.y + 0.5), null);
});
