import assert from "node:assert/strict";
import { test } from "node:test";

import {
  cellOrigin,
  cellSize,
  headAt,
  layoutCells,
  pointSquare,
  visibleRuns,
} from "../../../../assets/js/scatter/camera/cells.mjs";

const ROOM = { width: 1100, height: 800 };
const SHAPES = [
  [2, 2],
  [4, 4],
  [6, 12],
  [12, 12],
  [24, 16],
  [30, 9],
  [32, 32],
  [48, 1],
];

for (const [nLayers, nHeads] of SHAPES) {
  test(`${nLayers} x ${nHeads} heads have cells of their own that fit the room`, () => {
    const layout = layoutCells(nLayers, nHeads, ROOM);
    const seen = new Set();
    for (let layer = 0; layer < nLayers; layer++) {
      for (let head = 0; head < nHeads; head++) {
        const [x, y] = cellOrigin(layout, layer, head);
        seen.add(`${x} ${y}`);
        assert.ok(x >= 0 && y >= 0 && x + 1 <= layout.width + 1e-9 && y + 1 <= layout.height);
        assert.deepEqual(headAt(layout, x + 0.5, y + 0.5), { layer, head });
      }
    }
    assert.equal(seen.size, nLayers * nHeads);
    const size = cellSize(layout, ROOM);
    assert.ok(size * layout.width <= ROOM.width + 1e-6 && size * layout.height <= ROOM.height + 1e-6);
  });
}

test("rows are layers and columns are heads", () => {
  const layout = layoutCells(12, 12, ROOM);
  assert.deepEqual(cellOrigin(layout, 3, 9), [9, 3]);
  assert.equal(layout.bands, 1);
});

test("a deep, narrow model continues in a further band that makes its cells larger", () => {
  const layout = layoutCells(30, 9, ROOM);
  assert.equal(layout.bands, 2);
  assert.ok(cellSize(layout, ROOM) > 1.4 * (ROOM.height / 30));
  assert.deepEqual(cellOrigin(layout, 15, 0), [layout.bandPitch, 0]);
});

test("margins, gaps between bands and the outside belong to no head", () => {
  const layout = layoutCells(30, 9, ROOM);
  assert.equal(headAt(layout, 9.5, 3), null);
  assert.equal(headAt(layout, -0.1, 3), null);
  assert.equal(headAt(layout, 3, 15.1), null);
  const uneven = layoutCells(31, 3, ROOM);
  const rest = uneven.bands * uneven.rowsPerBand - 31;
  assert.ok(rest > 0);
  assert.equal(headAt(uneven, (uneven.bands - 1) * uneven.bandPitch + 0.5, uneven.rowsPerBand - 0.5), null);
});

test("points fill a square inside their cell", () => {
  const { x, y, width, height } = pointSquare(layoutCells(4, 4, ROOM), 1, 2);
  assert.equal(width, height);
  assert.ok(x > 2 && y > 1 && x + width < 3 && y + height < 2);
});

test("the whole matrix is one run, a part of it one run a row", () => {
  const layout = layoutCells(4, 5, ROOM);
  assert.deepEqual(visibleRuns(layout, { x: -1, y: -1, width: 10, height: 10 }), [{ first: 0, count: 20 }]);
  assert.deepEqual(visibleRuns(layout, { x: 1.5, y: 2.5, width: 1, height: 1 }), [
    { first: 11, count: 2 },
    { first: 16, count: 2 },
  ]);
  assert.deepEqual(visibleRuns(layout, { x: 20, y: 0, width: 1, height: 1 }), []);
});
