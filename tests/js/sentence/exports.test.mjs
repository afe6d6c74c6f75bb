import assert from "node:assert/strict";
import { test } from "node:test";

import { INITIAL } from "../../../assets/js/sentence/choices.mjs";
import { patternCsv } from "../../../assets/js/data/csv.mjs";
import { PatternModel } from "../../../assets/js/sentence/pattern_model.mjs";
import { pictureOf } from "../../../assets/js/sentence/picture.mjs";
import { toSvg } from "../../../assets/js/kit/shapes.mjs";

const BLACK = /** @type {const} */ ([0, 0, 0]);
const WHITE = /** @type {const} */ ([255, 255, 255]);
const PALETTE = { text: BLACK, muted: BLACK, background: WHITE, line: BLACK, query: [0, 99, 0], key: [99, 0, 0] };

function modelOf(texts, pattern, causal = false) {
  return new PatternModel({
    texts,
    special: texts.map(() => false),
    pattern: Float32Array.from(pattern),
    length: texts.length,
    causal,
    valueNorms: null,
    groups: new Set(),
  });
}

test("the table has a row a pair, without the absent ones", () => {
  const csv = patternCsv(["=A1", "b"], Float32Array.of(1, 0, 0.25, 0.75), true);
  assert.deepEqual(csv.split("\r\n"), [
    "query_position,query,key_position,key,weight",
    "0,'=A1,0,'=A1,1",
    "1,b,0,'=A1,0.25",
    "1,b,1,b,0.75",
    "",
  ]);
});

test("the picture of the lines has every line with its weight, and no markup from tokens", () => {
  const model = modelOf(["<script>", "a&b"], [0.5, 0.5, 0.125, 0.875]);
  const svg = toSvg(pictureOf(model, { ...INITIAL, threshold: 0.2 }, PALETTE, "Head & more"));
  assert.equal(svg.match(/<line /g)?.length, 3);
  assert.match(svg, /stroke-opacity="0.875"/);
  assert.doesNotMatch(svg, /<script/);
  assert.match(svg, /&lt;script&gt;/);
  assert.match(svg, /Head &amp; more/);
});

test("the picture of the matrix has a box for every weight from the threshold", () => {
  const model = modelOf(["a", "b"], [1, 0, 0.25, 0.75], true);
  const { shapes } = pictureOf(model, { ...INITIAL, form: "matrix" }, PALETTE, "");
  const boxes = shapes.filter((shape) => shape.kind === "box");
  assert.equal(boxes.length, 1 + 3);
});
