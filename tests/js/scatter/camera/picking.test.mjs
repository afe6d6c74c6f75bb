import assert from "node:assert/strict";
import { test } from "node:test";

import { PointIndex, contains, regionOf } from "../../../../assets/js/scatter/camera/picking.mjs";

function randomPositions(n, seed) {
  let state = seed;
  const next = () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
  return Float32Array.from({ length: 2 * n }, () => next() * 1.1 - 0.05);
}

function nearestByForce(positions, x, y, radius) {
  let best = -1;
  let bestSquare = radius * radius;
  for (let i = 0; i < positions.length / 2; i++) {
    const square = (positions[2 * i] - x) ** 2 + (positions[2 * i + 1] - y) ** 2;
    if (square < bestSquare || (square === bestSquare && i > best)) [best, bestSquare] = [i, square];
  }
  return best;
}

test("of squares that cover a place the last one is on top", () => {
  const index = new PointIndex(Float32Array.of(0.5, 0.5, 0.54, 0.5, 0.9, 0.9, 0.58, 0.56));
  const any = () => true;
  assert.equal(index.topmost(0.5, 0.5, 0.05, any), 1);
  assert.equal(index.topmost(0.5, 0.5, 0.1, any), 3);
  assert.equal(index.topmost(0.5, 0.5, 0.1, (i) => i < 1), 0);
  assert.equal(index.topmost(0.2, 0.2, 0.1, any), -1);
});

test("the index finds what looking at every point finds", () => {
  const positions = randomPositions(2000, 7);
  const index = new PointIndex(positions);
  const places = randomPositions(300, 11);
  for (let i = 0; i < places.length; i += 2) {
    for (const radius of [0.005, 0.03, 0.5]) {
      assert.equal(
        index.nearest(places[i], places[i + 1], radius),
        nearestByForce(positions, places[i], places[i + 1], radius),
      );
    }
  }
});

test("points outside the square are found too", () => {
  const index = new PointIndex(Float32Array.of(-0.4, 1.3, 0.5, 0.5));
  assert.equal(index.nearest(-0.41, 1.29, 0.05), 0);
});

test("of points at one place the one drawn last is found, unless it is not wanted", () => {
  const index = new PointIndex(Float32Array.of(0.5, 0.5, 0.5, 0.5, 0.5, 0.5));
  assert.equal(index.nearest(0.5, 0.5, 0.1), 2);
  assert.equal(
    index.nearest(0.5, 0.5, 0.1, (i) => i < 2),
    1,
  );
  assert.equal(index.nearest(0.9, 0.9, 0.1), -1);
});

test("an index of no points finds none", () => {
  assert.equal(new PointIndex(new Float32Array()).nearest(0.5, 0.5, 1), -1);
});

test("a region holds the points that each test of its polygon holds", () => {
  const positions = randomPositions(1500, 3);
  const polygon = [
    [0.1, 0.2],
    [0.8, 0.1],
    [0.5, 0.5],
    [0.9, 0.9],
    [0.2, 0.7],
  ];
  const expected = Array.from({ length: 1500 }, (_, i) => i).filter((i) =>
    contains(polygon, positions[2 * i], positions[2 * i + 1]),
  );
  assert.ok(expected.length > 100);
  assert.deepEqual(new PointIndex(positions).inside(polygon), expected);
});

test("a concave polygon leaves out its notch", () => {
  const notched = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0.5, 0.2],
    [0, 1],
  ];
  assert.equal(contains(notched, 0.5, 0.1), true);
  assert.equal(contains(notched, 0.5, 0.6), false);
  assert.equal(contains(notched, 0.1, 0.6), true);
});

test("a straight drag draws a box, a round one its own outline", () => {
  const straight = [
    [0, 0],
    [5, 4],
    [10, 8],
  ];
  assert.deepEqual(regionOf(straight), [
    [0, 0],
    [10, 0],
    [10, 8],
    [0, 8],
  ]);
  const round = Array.from({ length: 20 }, (_, i) => [Math.cos(i / 3), Math.sin(i / 3)]);
  assert.deepEqual(regionOf(round), round);
});
