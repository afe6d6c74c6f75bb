import assert from "node:assert/strict";
import { test } from "node:test";

import { CLICKED, MEMBER } from "../../../../assets/js/scatter/emphasis.mjs";
import { labelCandidates, labelText } from "../../../../assets/js/scatter/overlay/label_texts.mjs";
import { LABEL_HEIGHT, labelLimit, placeLabels } from "../../../../assets/js/scatter/overlay/labels.mjs";

const stage = { width: 800, height: 600 };
const width = (text) => 7 * text.length;

function scattered(n, zoom = 1) {
  const places = Array.from({ length: n }, (_, i) => [((i * 7919) % 800) * zoom, ((i * 104729) % 600) * zoom]);
  return {
    vertices: places.keys(),
    options: { position: (v) => places[v], text: (v) => `word${v % 13}`, width, stage, gap: () => 5 },
  };
}

function overlapping(labels) {
  const box = (label) => [label.x, label.y - LABEL_HEIGHT / 2, label.x + label.width, label.y + LABEL_HEIGHT / 2];
  let pairs = 0;
  labels.forEach((a, i) => {
    const [ax0, ay0, ax1, ay1] = box(a);
    for (const b of labels.slice(i + 1)) {
      const [bx0, by0, bx1, by1] = box(b);
      if (ax0 < bx1 && bx0 < ax1 && ay0 < by1 && by0 < ay1) pairs++;
    }
  });
  return pairs;
}

test("labels never overlap, stay on the stage, and are the same for the same points", () => {
  const { vertices, options } = scattered(3000);
  const labels = placeLabels(vertices, options);
  assert.ok(labels.length > 150);
  assert.equal(overlapping(labels), 0);
  assert.ok(labels.every(({ x, y, width: w }) => x >= 0 && x + w <= 800 && y >= 0 && y <= 600));
  assert.deepEqual(placeLabels(scattered(3000).vertices, options), labels);
});

test("earlier candidates go first", () => {
  const labels = placeLabels([5, 6, 7], {
    position: () => [400, 300],
    text: () => "a long label indeed",
    width,
    stage,
    gap: () => 5,
    limit: 1,
  });
  assert.deepEqual(
    labels.map(({ vertex }) => vertex),
    [5],
  );
});

test("a label finds a free side of its point", () => {
  const labels = placeLabels([0, 1, 2, 3, 4], { position: () => [400, 300], text: () => "word", width, stage, gap: () => 5 });
  assert.deepEqual(
    labels.map(({ x }) => x),
    [405, 400 - 5 - 28],
  );
});

test("neighbors that say the same are labeled once", () => {
  const places = [
    [100, 100],
    [140, 160],
    [300, 100],
  ];
  const options = { position: (v) => places[v], text: () => "the", width, stage, gap: () => 5 };
  assert.deepEqual(
    placeLabels([0, 1, 2], { ...options, apart: 120 }).map(({ vertex }) => vertex),
    [0, 2],
  );
  assert.equal(placeLabels([0, 1, 2], options).length, 3);
});

test("points outside the stage and empty texts get no label", () => {
  const places = [
    [-5, 10],
    [900, 10],
    [100, 100],
  ];
  assert.deepEqual(
    placeLabels([0, 1, 2], { position: (v) => places[v], text: (v) => (v === 2 ? "" : "x"), width, stage, gap: () => 5 }),
    [],
  );
});

test("zooming in shows more labels", () => {
  const count = (zoom) =>
    placeLabels(scattered(3000, zoom).vertices, { ...scattered(3000, zoom).options, limit: labelLimit(zoom) }).length;
  assert.ok(count(1) < count(2));
  assert.ok(count(2) < count(3));
});

const tokens = { texts: ["[CLS]", " cat", " ", "sat"], offsets: [0, 2, 4], grid: null };
const picture = { tokens, order: Uint32Array.of(7, 0, 3, 5, 1, 2, 6, 4), trust: null };

test("only points that stand out are labeled, the clicked one first", () => {
  const codes = new Uint8Array(8);
  codes[0] = MEMBER;
  codes[5] = CLICKED;
  assert.deepEqual([...labelCandidates(picture, { codes, active: true }, 0)], [3, 1]);
  assert.equal([...labelCandidates(picture, { codes, active: false }, 0)].length, 8);
});

test("points that fade by trust are not labeled, unless they stand out", () => {
  const values = new Uint8Array(16).fill(240);
  values[8 + 2] = 119;
  values[8 + 3] = 0;
  const doubted = { ...picture, trust: { values, from: 120 } };
  const codes = new Uint8Array(8);
  assert.deepEqual([...labelCandidates(doubted, { codes, active: false }, 8)], [0, 1, 4, 5, 6, 7]);
  codes[5] = MEMBER;
  assert.deepEqual([...labelCandidates(doubted, { codes, active: true }, 8)], [3]);
});

test("tokens of the selected instance carry their position in it", () => {
  const selection = { start: 2, end: 4, token: 3, side: "key" };
  assert.equal(labelText(picture, selection, 3), "1:sat");
  assert.equal(labelText(picture, selection, 7), "1:sat");
  assert.equal(labelText(picture, selection, 1), "cat");
  assert.equal(labelText(picture, null, 5), "cat");
});

test("patches are labeled with what they show and where they are", () => {
  const tokens = { texts: ["CLS", "patch 0,0", "patch 0,1"], special: [true, false, false], grid: [1, 2], labels: ["CLS", "sea", ""] };
  const order = new Uint32Array(6);
  const selection = { start: 0, end: 3, token: 1, side: "query" };
  assert.deepEqual([0, 4, 5].map((point) => labelText({ tokens, order }, selection, point)), ["CLS", "sea (0, 0)", "(0, 1)"]);
});

test("a label is as far from its point as the point requires", () => {
  const places = [[100, 100], [100, 300]];
  const gap = (/** @type {number} */ vertex) => (vertex === 0 ? 5 : 11);
  const [near, far] = placeLabels([0, 1], { position: (v) => places[v], text: () => "word", width, stage, gap });
  assert.deepEqual([near.x, far.x], [105, 111]);
});
