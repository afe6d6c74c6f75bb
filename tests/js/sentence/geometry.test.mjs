import assert from "node:assert/strict";
import { test } from "node:test";

import { columnsIn, linesTouching, rowsToDraw, strongest } from "../../../assets/js/sentence/geometry.mjs";
import { labelStep, layOut, targetAt, poolHighest, seenPart } from "../../../assets/js/sentence/heat_geometry.mjs";
import { labeled } from "../../../assets/js/sentence/heat_paint.mjs";
import { moveFocus } from "../../../assets/js/sentence/token_element.mjs";

test("a short sentence is drawn whole, a long one around its window", () => {
  assert.deepEqual(rowsToDraw(40, 22, 300, 400), { first: 0, last: 39 });
  const { first, last } = rowsToDraw(512, 22, 2200, 440);
  assert.ok(first <= 100 && first > 80 && last >= 119 && last < 140);
  assert.equal(rowsToDraw(512, 22, 0, 440).first, 0);
  assert.equal(rowsToDraw(512, 22, 22 * 512 - 440, 440).last, 511);
});

test("lines with an end in the rows are drawn, lines that pass are not", () => {
  const lines = [
    { query: 0, key: 9, weight: 0.1 },
    { query: 5, key: 0, weight: 0.2 },
    { query: 9, key: 4, weight: 0.3 },
    { query: 1, key: 2, weight: 0.4 },
  ];
  assert.deepEqual(linesTouching(lines, { first: 4, last: 5 }), [lines[1], lines[2]]);
});

test("the strongest lines come last, so that they are on top", () => {
  const lines = [0.5, 0.1, 0.9, 0.3].map((weight, key) => ({ query: 0, key, weight }));
  assert.deepEqual(strongest(lines, 2).map(({ weight }) => weight), [0.5, 0.9]);
});

test("columns leave room between them at any width", () => {
  for (const width of [200, 320, 390, 420, 900]) {
    const { token, left, right } = columnsIn(width);
    assert.ok(right - left >= 90, `${width}`);
    assert.equal(left, token);
    assert.equal(right, width - token);
  }
});

test("arrow keys stay inside the sentence and change sides", () => {
  const last = { token: 4, side: "query" };
  assert.deepEqual(moveFocus(last, "ArrowDown", 5), last);
  assert.deepEqual(moveFocus(last, "ArrowUp", 5), { token: 3, side: "query" });
  assert.deepEqual(moveFocus(last, "ArrowRight", 5), { token: 4, side: "key" });
  assert.deepEqual(moveFocus(last, "Home", 5), { token: 0, side: "query" });
  assert.deepEqual(moveFocus({ token: 0, side: "key" }, "PageDown", 5), { token: 4, side: "key" });
  assert.equal(moveFocus(last, "x", 5), null);
});

test("the place under a pixel is the cell that is drawn there", () => {
  for (const [length, fit] of [[7, true], [30, true], [512, true], [512, false]]) {
    const layout = layOut(length, 420, fit, 60);
    const scroll = fit ? { left: 0, top: 0 } : { left: 133, top: 71 };
    for (const token of [0, Math.floor(length / 2), length - 1]) {
      const at = (scrolled) => layout.gutter + (token + 0.5) * layout.cell - scrolled;
      if (at(scroll.left) < layout.gutter || at(scroll.top) < layout.gutter) continue;
      const found = targetAt(at(scroll.left), at(scroll.top), layout, length, scroll);
      assert.deepEqual(found, { query: token, key: token });
    }
    const start = { left: 0, top: 0 };
    const label = targetAt(2, layout.gutter + layout.cell / 2, layout, length, start);
    assert.deepEqual(label, { query: 0, key: null });
    assert.equal(targetAt(2, 2, layout, length, scroll), null);
    assert.equal(targetAt(layout.size + 1 + layout.cell, 200, layout, length, start), null);
  }
});

test("a fitting map fits, a readable one has room for every label", () => {
  assert.ok(layOut(512, 420, true, 60).size <= 420);
  assert.equal(labelStep(layOut(512, 420, false, 60)), 1);
  assert.ok(labelStep(layOut(512, 420, true, 60)) > 10);
});

test("the seen part covers the window and ends with the sentence", () => {
  const layout = layOut(512, 420, false, 60);
  const part = seenPart(layout, 512, { width: 420, height: 420 }, { left: 100 * layout.cell, top: 0 });
  assert.equal(part.left, 100);
  assert.ok(part.columns * layout.cell >= 420 - layout.gutter);
  const end = seenPart(layout, 512, { width: 420, height: 420 }, { left: 510 * layout.cell, top: 0 });
  assert.equal(end.left + end.columns, 512);
});

test("pooling keeps the highest weight of a pixel and is exact at one pixel a cell", () => {
  const weights = Float32Array.from({ length: 16 }, (_, index) => index / 16);
  const whole = { left: 0, top: 0, columns: 4, rows: 4 };
  assert.deepEqual(poolHighest(weights, 4, whole, { width: 4, height: 4 }), weights);
  const half = poolHighest(weights, 4, whole, { width: 2, height: 2 });
  assert.deepEqual(Array.from(half, (weight) => weight * 16), [5, 7, 13, 15]);
  const corner = poolHighest(weights, 4, { left: 2, top: 1, columns: 2, rows: 1 }, { width: 2, height: 1 });
  assert.deepEqual(Array.from(corner, (weight) => weight * 16), [6, 7]);
});

test("the label that is pointed at is always there and its neighbors make room", () => {
  assert.deepEqual(labeled(0, 10, 3, null), [0, 3, 6, 9]);
  assert.deepEqual(labeled(0, 10, 3, 4), [0, 4, 9]);
});
