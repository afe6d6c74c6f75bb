import assert from "node:assert/strict";
import { test } from "node:test";

import { placeHeadings } from "../../../../assets/js/scatter/overlay/headings.mjs";
import { gridRows, headAfterKey } from "../../../../assets/js/scatter/input/keyboard_grid.mjs";
import { describePoint, loadDetails } from "../../../../assets/js/scatter/input/point_description.mjs";
import { spriteMark } from "../../../../assets/js/scatter/export/sprite_marks.mjs";
import { ICON } from "../../../../assets/js/scatter/gl/sprites.mjs";
import { svgOf } from "../../../../assets/js/scatter/export/svg_drawing.mjs";
import { Viewpoint } from "../../../../assets/js/scatter/camera/viewpoint.mjs";

const STAGE = { width: 1000, height: 800 };

function matrix(nLayers = 6, nHeads = 12, stage = STAGE) {
  const viewpoint = new Viewpoint();
  viewpoint.arrange(nLayers, nHeads, stage);
  return viewpoint;
}

test("every head's square lies on the stage and is found by its middle", () => {
  const viewpoint = matrix();
  for (let layer = 0; layer < 6; layer++) {
    for (let head = 0; head < 12; head++) {
      const { x, y, width, height } = viewpoint.squareOf(layer, head);
      assert.ok(x > 0 && y > 0 && x + width < 1000 && y + height < 800);
      assert.ok(Math.abs(width - height) < 1e-9);
      assert.deepEqual(viewpoint.headAt(x + width / 2, y + height / 2), { layer, head });
    }
  }
});

test("a single head fills the stage", () => {
  const viewpoint = matrix();
  viewpoint.head = { layer: 5, head: 11 };
  viewpoint.reset();
  const { x, y, width } = viewpoint.squareOf(5, 11);
  assert.ok(width > 700 && Math.abs(x + width / 2 - 500) < 1e-6 && Math.abs(y + width / 2 - 400) < 1e-6);
  assert.deepEqual(viewpoint.runs(), [{ first: 71, count: 1 }]);
  assert.deepEqual(viewpoint.headAt(3, 3), { layer: 5, head: 11 });
});

test("zooming into the matrix ends where one head fills the stage; zooming out, a little beyond home", () => {
  const viewpoint = matrix();
  for (let i = 0; i < 50; i++) viewpoint.zoom(1.5, 500, 400);
  assert.ok(Math.abs(viewpoint.side - viewpoint.homeSide) < 1e-6);
  for (let i = 0; i < 50; i++) viewpoint.zoom(0.5, 500, 400);
  assert.ok(viewpoint.zoomLevel > 0.5 && viewpoint.zoomLevel < 1);
});

test("only heads on the stage are drawn", () => {
  const viewpoint = matrix();
  assert.deepEqual(viewpoint.runs(), [{ first: 0, count: 72 }]);
  for (let i = 0; i < 50; i++) viewpoint.zoom(1.5, 500, 400);
  const drawn = viewpoint.runs().reduce((sum, { count }) => sum + count, 0);
  assert.ok(drawn >= 1 && drawn <= 9);
});

test("a new size of the stage keeps home at home, and a zoomed picture zoomed", () => {
  const viewpoint = matrix();
  viewpoint.arrange(6, 12, { width: 700, height: 600 });
  assert.deepEqual(viewpoint.camera, viewpoint.home);
  viewpoint.zoom(3, 100, 100);
  viewpoint.arrange(6, 12, STAGE);
  assert.ok(Math.abs(viewpoint.zoomLevel - 3) < 1e-9);
});

test("a run of another shape is seen whole, and a head that it lacks is left", () => {
  const viewpoint = matrix();
  viewpoint.head = { layer: 5, head: 11 };
  viewpoint.arrange(2, 2, STAGE);
  assert.equal(viewpoint.head, null);
  assert.deepEqual(viewpoint.camera, viewpoint.home);
});

test("a head beyond the stage is moved onto it, one on it stays where it is", () => {
  const viewpoint = matrix();
  for (let i = 0; i < 4; i++) viewpoint.zoom(1.5, 500, 400);
  for (const head of [
    { layer: 0, head: 0 },
    { layer: 5, head: 11 },
  ]) {
    viewpoint.reveal(head);
    const { x, y, width } = viewpoint.squareOf(head.layer, head.head);
    assert.ok(x >= 0 && y >= 0 && x + width <= 1000 && y + width <= 800);
    const before = viewpoint.camera;
    viewpoint.reveal(head);
    assert.ok(Math.hypot(viewpoint.camera.x - before.x, viewpoint.camera.y - before.y) < 1e-6);
  }
});

test("headings name every layer and head, and thin out when cells are small", () => {
  const texts = placeHeadings(matrix()).map(({ text }) => text);
  assert.deepEqual(
    texts.filter((text) => text.startsWith("L")),
    ["L0", "L1", "L2", "L3", "L4", "L5"],
  );
  assert.equal(texts.filter((text) => text.startsWith("H")).length, 12);
  const small = placeHeadings(matrix(32, 32, { width: 400, height: 400 }));
  const columns = small.filter(({ text }) => text.startsWith("H")).map(({ x }) => x);
  assert.ok(columns.length > 3);
  for (let i = 1; i < columns.length; i++) assert.ok(columns[i] - columns[i - 1] >= 26);
});

test("headings stay at the edge while their cells lie beyond it", () => {
  const viewpoint = matrix();
  for (let i = 0; i < 6; i++) viewpoint.zoom(1.5, 500, 400);
  const headings = placeHeadings(viewpoint);
  assert.ok(headings.length > 0);
  for (const { x, y } of headings) assert.ok(x >= 0 && x <= 1000 && y >= 0 && y <= 800);
});

test("arrow keys move between heads and stop at the edges", () => {
  const at = { layer: 0, head: 1 };
  const rows = gridRows({ n_layers: 2, n_heads: 3 }, null);
  assert.deepEqual(headAfterKey("ArrowDown", at, rows), { layer: 1, head: 1 });
  assert.deepEqual(headAfterKey("ArrowRight", at, rows), { layer: 0, head: 2 });
  assert.deepEqual(headAfterKey("Home", at, rows), { layer: 0, head: 0 });
  assert.deepEqual(headAfterKey("PageDown", at, rows), { layer: 1, head: 1 });
  assert.equal(headAfterKey("ArrowUp", at, rows), null);
  assert.equal(headAfterKey("End", { layer: 0, head: 2 }, rows), null);
  assert.equal(headAfterKey("toString", at, rows), null);
});

test("heads in an order of their own have cells under headings, are found, drawn one by one and walked through", () => {
  const heads = [71, 2, 40, 13, 5];
  const viewpoint = new Viewpoint();
  viewpoint.arrange(6, 12, STAGE, { heads, captions: ["0.98", "0.50", "", "", ""] });
  const tops = heads.map((index) => {
    const [layer, head] = [Math.floor(index / 12), index % 12];
    const { x, y, width, height } = viewpoint.squareOf(layer, head);
    assert.ok(x > 0 && y > 0 && x + width < 1000 && y + height < 800);
    assert.deepEqual(viewpoint.headAt(x + width / 2, y + height / 2), { layer, head });
    return y;
  });
  assert.deepEqual(viewpoint.camera, viewpoint.home);
  assert.ok(viewpoint.squareOf(5, 11).x < viewpoint.squareOf(0, 2).x);
  assert.deepEqual(
    viewpoint.runs(),
    heads.map((first) => ({ first, count: 1 })),
  );
  const headings = placeHeadings(viewpoint);
  assert.deepEqual(
    headings.map(({ text }) => text),
    ["L5 H11 · 0.98", "L0 H2 · 0.50", "L3 H4", "L1 H1", "L0 H5"],
  );
  headings.forEach(({ y }, place) => assert.ok(y > 0 && y < tops[place]));
  const rows = gridRows({ n_layers: 6, n_heads: 12 }, viewpoint.layout.compact);
  assert.deepEqual(headAfterKey("ArrowRight", { layer: 5, head: 11 }, rows), { layer: 0, head: 2 });
  assert.equal(headAfterKey("ArrowRight", { layer: 1, head: 2 }, rows), null);
  assert.deepEqual(
    rows.flat().map(({ layer, head }) => 12 * layer + head),
    heads,
  );
});

test("another order is seen whole, the same one keeps its place, and back is the whole matrix", () => {
  const viewpoint = matrix();
  const arranged = (heads) => viewpoint.arrange(6, 12, STAGE, heads && { heads, captions: [] });
  arranged([7, 3, 20, 31, 5, 6, 8]);
  viewpoint.zoom(2, 500, 400);
  arranged([7, 3, 20, 31, 5, 6, 8]);
  assert.ok(Math.abs(viewpoint.zoomLevel - 2) < 1e-9);
  arranged([3, 7, 20, 31, 5, 6, 8]);
  assert.deepEqual(viewpoint.camera, viewpoint.home);
  arranged(null);
  assert.deepEqual(viewpoint.runs(), [{ first: 0, count: 72 }]);
});

test("a head that is not among the chosen ones can still be shown alone", () => {
  const viewpoint = new Viewpoint();
  viewpoint.head = { layer: 2, head: 2 };
  viewpoint.arrange(6, 12, STAGE, { heads: [0, 1], captions: [] });
  assert.deepEqual(viewpoint.runs(), [{ first: 26, count: 1 }]);
  const { x, width } = viewpoint.squareOf(2, 2);
  assert.ok(width > 700 && Math.abs(x + width / 2 - 500) < 1e-6);
});

const picture = {
  tokens: { texts: [" the", " cat", "sat"], offsets: [0, 1, 3], instances: ["the", "cat sat"], grid: null },
  encoding: { name: "norm", label: "Norm", kind: "sequential", per_head: false, categories: [] },
  view: { view: "head" },
  order: new Uint32Array(6),
  run: { meta: { arrays: { "encoding.norm": {} } }, hasTrust: () => false, array: async () => Float32Array.of(1, 2, 3, 4, 5, 6.12345) },
};

test("a tooltip names the token, its side and position, and its value", async () => {
  const point = { token: 2, side: "key", layer: 0, head: 0 };
  const details = await loadDetails(picture, point);
  assert.deepEqual(describePoint(picture, point, details), ["sat", "key, position 1 of 1", "Norm: 6.12"]);
  const matrixView = { ...picture, view: { view: "matrix" } };
  assert.deepEqual(describePoint(matrixView, { token: 0, side: "query", layer: 3, head: 9 }), [
    "the",
    "query, position 0 of 0",
    "Layer 3 Head 9",
  ]);
});

test("a tooltip shows the trust of a point and its neighbors kept, in percent", async () => {
  const steps = { trust: [0, 24, 0, 0, 0, 96], neighbors_kept: [0, 240, 0, 0, 0, 160] };
  const run = {
    meta: { arrays: {}, metrics: [] },
    hasTrust: () => true,
    headLayout: async (kind, view, layer, head) => (layer === 1 && head === 2 && view.dims === 2 ? steps[kind] : []),
  };
  // Vertex 1 draws the key of token 2, the last vertex the query of token 0.
  const drawn = { ...picture, run, view: { view: "head", projection: "tsne", dims: 2 }, vertexOf: [5, 0, 2, 3, 4, 1] };
  const linesOf = async (token, side) => {
    const point = { token, side, layer: 1, head: 2 };
    return describePoint(drawn, point, await loadDetails(drawn, point)).slice(2);
  };
  assert.deepEqual(await linesOf(2, "key"), ["trust: 10 % of 10 strongest queries near", "neighbors kept: 100 % of 15"]);
  assert.deepEqual(await linesOf(0, "query"), ["trust: 40 % of 10 strongest keys near", "neighbors kept: 67 % of 15"]);
  run.meta.metrics.push({ name: "tsne.2.agreement" });
  assert.equal((await linesOf(2, "key"))[0], "trust: 10 % of 10 strongest queries near, in two starts");
});

test("a tooltip of a patch names its picture and its position", () => {
  const tokens = {
    ...{ texts: ["CLS", "patch 0,0", "patch 0,1"], special: [true, false, false], offsets: [0, 3] },
    ...{ instances: ["sea.jpg"], grid: [1, 2], labels: ["CLS", "boat", ""] },
  };
  const lines = (token, side) => describePoint({ ...picture, tokens }, { token, side, layer: 0, head: 0 }, { value: NaN, kept: null });
  assert.deepEqual(lines(1, "query"), ["boat", "query in sea.jpg, row 0, column 0", "Norm: no value"]);
  assert.deepEqual(lines(2, "key").slice(0, 2), ["patch", "key in sea.jpg, row 0, column 1"]);
  assert.deepEqual(lines(0, "key").slice(0, 2), ["CLS", "key in sea.jpg"]);
});

test("values of tokens serve queries and keys alike, categories are said by name", async () => {
  const run = { meta: { arrays: { "encoding.tag": {} } }, hasTrust: () => false, array: async () => Float32Array.of(0, 1, 0) };
  const encoding = { name: "tag", label: "Tag", kind: "boolean", per_head: false, categories: ["word", "mark"] };
  const tagged = { ...picture, run, encoding };
  const point = { token: 1, side: "key", layer: 0, head: 0 };
  assert.equal(describePoint(tagged, point, await loadDetails(tagged, point))[2], "Tag: mark");
});

test("an SVG document holds points, lines and labels, and its texts are inert", () => {
  const svg = svgOf({
    width: 100,
    height: 50,
    background: "#fff",
    title: "Run",
    marks: [{ x: 1.23456, y: 2, radius: 3, fill: "rgb(1, 2, 3)", opacity: 0.7, ring: "#000" }],
    pictures: [],
    lines: [{ x1: 0, y1: 0, x2: 1, y2: 1, weight: 0.5 }],
    lineColor: "#fa0",
    labels: [{ x: 1, y: 2, text: `</text><script>"&'\u0000`, fill: "#000" }],
  });
  assert.match(svg, /<circle cx="1.23" cy="2" r="3" fill="rgb\(1, 2, 3\)" fill-opacity="0.7" stroke="#000"\/>/);
  assert.match(svg, /<line x1="0" y1="0" x2="1" y2="1" stroke-opacity="0.5"\/>/);
  assert.match(svg, />&lt;\/text&gt;&lt;script&gt;&quot;&amp;&apos;<\/text>/);
  assert.doesNotMatch(svg, /<defs>/);
});

test("a patch in an SVG document is a window onto its picture, a prefix token a circle with its name", () => {
  const sprites = {
    ...{ icons: ["CLS"], grid: [2, 3], pictures: { pixels: new Uint8Array(), width: 49, height: 32 } },
  };
  const dot = { x: 50, y: 40, radius: 8, fill: "rgb(9, 9, 9)", opacity: 1, ring: null };
  const patch = spriteMark(dot, 11, sprites, { size: 16, emphasized: 20, alpha: 1, mark: "filled", frame: 0.125 });
  assert.deepEqual([patch.picture, patch.cut], [1, [32, 16, 16, 16]]);
  const icon = spriteMark(dot, ICON, sprites, { size: 16, emphasized: 20, alpha: 1, mark: "framed", frame: 0.125 });
  const pictures = [{ number: 1, width: 49, height: 32, href: "data:image/png;base64,AA" }];
  const svg = svgOf({ width: 90, height: 90, background: "#fff", title: "", marks: [patch, icon], pictures, lines: [], lineColor: "", labels: [] });
  assert.match(svg, /<image id="picture-1" width="49" height="32" href="data:image\/png;base64,AA"\/>/);
  assert.match(svg, /<svg x="42" y="32" width="16" height="16" viewBox="32 16 16 16" [^>]*><use href="#picture-1"\/>/);
  assert.match(svg, /<rect x="43" y="33" width="14" height="14" fill="rgb\(9, 9, 9\)" fill-opacity="0.8" stroke="rgb\(9, 9, 9\)" stroke-width="2"\/>/);
  assert.match(svg, /<circle cx="50" cy="40" r="9.6" [^>]*\/>\s*<text [^>]*>CLS<\/text>/);
});
