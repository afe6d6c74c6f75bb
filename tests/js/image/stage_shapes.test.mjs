import assert from "node:assert/strict";
import { test } from "node:test";

import { flowShape, markOf, weightedStyle } from "../../../assets/js/image/flow_shapes.mjs";
import { hidePrefix, INITIAL } from "../../../assets/js/image/image_choices.mjs";
import { noteOf } from "../../../assets/js/image/image_sheet.mjs";
import { ImageModel } from "../../../assets/js/image/image_model.mjs";
import { wordsAbout, wordsOn } from "../../../assets/js/image/image_words.mjs";
import { patchGrid, prefixGroups } from "../../../assets/js/image/patch_grid.mjs";
import { opaquePixels } from "../../../assets/js/kit/elements.mjs";
import { areaOf, layOutStage } from "../../../assets/js/image/stage_layout.mjs";
import { arrowsToDraw, gridShape, HEAT_SHARE, MOST_ARROWS, stageShapes } from "../../../assets/js/image/stage_shapes.mjs";
import { toSvg } from "../../../assets/js/kit/shapes.mjs";

// CLS, a register, and 2 x 3 patches.
const GRID = patchGrid([2, 3], 8);
const NAMES = ["CLS", "REG 1", "p0", "p1", "p2", "p3", "p4", "p5"];
const LAYOUT = layOutStage(GRID, { width: 60, height: 40 }, { width: 400, height: 400 });
const COLORS = Object.fromEntries(
  ["text", "muted", "background", "rule", "query", "key", "arrow", "casing"].map((name) => [name, name]),
);

const FLOW = { color: "arrow", casing: "casing" };

const PATTERN = Float32Array.from({ length: 64 }, () => 0.05);
for (const [query, key, weight] of [[2, 5, 0.6], [3, 3, 0.3], [4, 0, 0.5], [5, 1, 0.4], [0, 7, 0.2]]) PATTERN[query * 8 + key] = weight;

function model() {
  const subject = { grid: GRID, groups: prefixGroups(NAMES, GRID), names: NAMES, pattern: PATTERN, rollout: null, valueNorms: null };
  return new ImageModel(subject);
}

const shapesOf = (choices) => stageShapes(LAYOUT, model(), choices, COLORS);
const withData = (shapes, name) => shapes.filter((shape) => shape.data && name in shape.data);
const numbers = (text) => text.match(/-?\d+(\.\d+)?/g).map(Number);
const center = (token) => {
  const { x, y, width, height } = areaOf(LAYOUT, token);
  return [x + width / 2, y + height / 2];
};

test("itself is a circle, a prefix token a square, anything else an arrow", () => {
  const mark = (query, key) => markOf(LAYOUT, { query, key, weight: 1 });
  assert.deepEqual([mark(3, 3), mark(0, 0), mark(4, 0), mark(4, 1), mark(2, 5), mark(0, 5), mark(0, 1)], [
    "circle", "circle", "square", "square", "arrow", "arrow", "arrow",
  ]);
});

test("an arrow goes from the query's middle to the key, short of its middle", () => {
  const { shapes } = flowShape(LAYOUT, { query: 2, key: 7, weight: 0.5 }, { width: 2, opacity: 1 }, FLOW, false);
  const [shaft, , , tip] = shapes;
  const start = numbers(shaft.d).slice(0, 2);
  const end = numbers(tip.d).slice(0, 2);
  const off = ([x, y], [wantedX, wantedY]) => Math.hypot(x - wantedX, y - wantedY);
  const { width } = areaOf(LAYOUT, 7);
  assert.ok(off(start, center(2)) < 0.1);
  assert.ok(off(end, center(7)) < width / 2 && off(end, center(7)) > width / 5);
});

test("there and back take different ways", () => {
  const there = flowShape(LAYOUT, { query: 2, key: 4, weight: 1 }, { width: 2, opacity: 1 }, FLOW, false);
  const back = flowShape(LAYOUT, { query: 4, key: 2, weight: 1 }, { width: 2, opacity: 1 }, FLOW, false);
  assert.notEqual(Math.sign(numbers(there.shapes[0].d)[3] - center(2)[1]), Math.sign(numbers(back.shapes[0].d)[3] - center(2)[1]));
});

test("arrows of prefix tokens start at their boxes", () => {
  const { shapes } = flowShape(LAYOUT, { query: 0, key: 7, weight: 1 }, { width: 2, opacity: 1 }, FLOW, false);
  const box = areaOf(LAYOUT, 0);
  assert.deepEqual(numbers(shapes[0].d).slice(0, 2), [box.x + box.width, box.y + box.height / 2]);
});

test("the square of CLS is full, of others hollow", () => {
  const drawn = (key, named) => flowShape(LAYOUT, { query: 3, key, weight: 1 }, { width: 2, opacity: 1 }, FLOW, named).shapes;
  assert.equal(drawn(0, true).at(-1).fill, "arrow");
  assert.equal(drawn(1, false).at(-1).fill, undefined);
  assert.equal(drawn(1, false).at(-1).stroke, "arrow");
});

test("in the default mode every patch has its strongest key at full strength", () => {
  const flows = withData(shapesOf(INITIAL), "query");
  const expected = new Map([["2,5", "arrow"], ["3,3", "circle"], ["4,0", "square"], ["5,1", "square"], ["6,0", "square"], ["7,0", "square"]]);
  assert.deepEqual(new Map(flows.map(({ data }) => [`${data.query},${data.key}`, data.mark])), expected);
  assert.ok(flows.every(({ opacity }) => opacity === 1));
});

test("flows are as opaque and as wide as they are strong, the strongest on top", () => {
  const flows = withData(shapesOf({ ...INITIAL, mode: "flows", stretch: false }), "query");
  assert.deepEqual(flows.map(({ data }) => data.weight), [0.2, 0.3, 0.4, 0.5, 0.6]);
  for (const { opacity, data } of flows) assert.equal(opacity, data.weight);
  const stretched = withData(shapesOf({ ...INITIAL, mode: "flows" }), "query");
  for (const { opacity, data } of stretched) assert.ok(Math.abs(opacity - data.weight / 0.6) < 1e-5);
  const widths = [0.1, 0.4, 0.8].map((weight) => weightedStyle(LAYOUT, weight).width);
  assert.ok(Math.abs(widths[2] / widths[1] - 2) < 1e-9 && widths[0] < widths[1]);
});

test("a hovered token fades what does not touch it", () => {
  const hovered = { token: 5, side: "key" };
  const flows = withData(shapesOf({ ...INITIAL, mode: "flows", stretch: false, hovered }), "query");
  for (const { opacity, data } of flows) assert.equal(opacity, data.key === 5 ? data.weight : data.weight * 0.12);
});

test("heat is as opaque as the weight, or as its share of the strongest", () => {
  const choices = { ...INITIAL, mode: "attention", stretch: false, selected: { token: 2, side: "query" } };
  const exact = withData(shapesOf(choices), "weight");
  assert.equal(exact.length, 8);
  for (const { opacity, data, color } of exact) {
    assert.ok(Math.abs(opacity - PATTERN[16 + data.token]) < 1e-6);
    assert.equal(color, "key");
  }
  const stretched = withData(shapesOf({ ...choices, stretch: true }), "weight");
  for (const { opacity, data } of stretched) assert.ok(Math.abs(opacity - data.weight / 0.6) < 1e-5);
  const column = withData(shapesOf({ ...choices, selected: { token: 5, side: "key" } }), "weight");
  assert.ok(column.every(({ color }) => color === "query"));
  const patch = exact.find(({ data }) => data.token === 4);
  const { width, height } = areaOf(LAYOUT, 4);
  const middle = [patch.x + patch.width / 2, patch.y + patch.height / 2];
  middle.forEach((at, axis) => assert.ok(Math.abs(at - center(4)[axis]) < 1e-9));
  assert.ok(Math.abs(patch.width / width - HEAT_SHARE) < 1e-9 && Math.abs(patch.height / height - HEAT_SHARE) < 1e-9);
  assert.ok(HEAT_SHARE < 1, "a rim of the patch is seen");
});

test("selected and hovered token are framed in the color of their side", () => {
  const choices = { ...INITIAL, selected: { token: 4, side: "key" }, hovered: { token: 2, side: "query" } };
  const frames = withData(shapesOf(choices), "frame");
  assert.deepEqual(frames.map(({ data }) => data), [
    { frame: "selected", token: 4, side: "key" },
    { frame: "hovered", token: 2, side: "query" },
  ]);
  assert.deepEqual(frames.map(({ shapes }) => shapes[1].stroke), ["key", "query"]);
  assert.deepEqual(withData(shapesOf(INITIAL), "frame"), []);
});

test("boxes name the prefix tokens, with their weight, or say that they are hidden", () => {
  const texts = (choices) => shapesOf(choices).filter(({ kind }) => kind === "text").map(({ text }) => text);
  assert.deepEqual(texts(INITIAL), ["CLS", "REG 1"]);
  const heat = { ...INITIAL, mode: "attention", selected: { token: 4, side: "query" } };
  assert.deepEqual(texts(heat), ["CLS", "0.50", "REG 1", "0.05"]);
  assert.deepEqual(texts(hidePrefix(INITIAL, "cls", true)), ["CLS", "hidden", "REG 1"]);
});

test("no more arrows are drawn than can be seen, the strongest of them", () => {
  const lines = Array.from({ length: MOST_ARROWS + 5 }, (_, index) => ({ query: 0, key: 0, weight: (index * 7919) % 4001 }));
  const drawn = arrowsToDraw(lines);
  assert.equal(drawn.length, MOST_ARROWS);
  const weakest = drawn[0].weight;
  assert.equal(lines.filter(({ weight }) => weight < weakest).length, 5);
});

test("edges of patches part rows and columns", () => {
  assert.equal(gridShape(LAYOUT, COLORS).d.match(/M/g).length, 1 + 2);
});

test("a saved picture describes itself and leaves the page's data out", () => {
  const svg = toSvg({ width: 10, height: 10, shapes: shapesOf({ ...INITIAL, mode: "flows", stretch: false }) });
  assert.match(svg, /<g opacity="0\.6">/);
  assert.doesNotMatch(svg, /data-|NaN|undefined/);
});

test("words name the token and what it has most to do with", () => {
  const about = (choices) => wordsAbout(model(), { ...INITIAL, ...choices });
  assert.match(about({}), /^Click a patch/);
  assert.match(about({ selected: { token: 2, side: "query" } }), /^query p0 → p3 0\.60 · CLS 0\.05 · REG 1 0\.05/);
  assert.match(about({ selected: { token: 3, side: "query" } }), /^query p1 → itself 0\.30/);
  assert.match(about({ selected: { token: 5, side: "key" } }), /^key p3 ← p0 0\.60/);
  assert.match(about({ selected: { token: 2, side: "query" }, hovered: { token: 5, side: "query" } }), /Selected query p0 → here 0\.60$/);
  assert.equal(about({ hiding: new Set(["cls"]), selected: { token: 0, side: "query" } }), "CLS is hidden.");
});

test("a small picture shows the share of CLS, or the share removed by hiding it", () => {
  const choices = { ...INITIAL, mode: "attention", selected: { token: 4, side: "query" } };
  assert.equal(noteOf(model(), choices), "CLS 0.50");
  assert.equal(noteOf(model(), hidePrefix(choices, "cls", true)), "11 % hidden");
});

test("words below count the marks or name the shades", () => {
  const on = (choices, most = 100) => wordsOn(model(), { ...INITIAL, ...choices }, most);
  assert.equal(on({ mode: "flows" }), "5 pairs, up to 0.60");
  assert.equal(on({ mode: "flows" }, 2), "2 strongest of 5 pairs, up to 0.60");
  assert.equal(on({ thresholds: { highest: 0.99, flows: 0.1 } }), "No pair is this strong");
  assert.equal(on({ mode: "attention", selected: { token: 2, side: "key" } }), "Attention of each patch to this key");
});

test("pixels get an opaque fourth part", () => {
  assert.deepEqual([...opaquePixels(Uint8Array.of(1, 2, 3, 4, 5, 6))], [1, 2, 3, 255, 4, 5, 6, 255]);
});
