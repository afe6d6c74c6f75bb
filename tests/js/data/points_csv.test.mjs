import assert from "node:assert/strict";
import { test } from "node:test";

import { pointsCsv } from "../../../assets/js/data/csv.mjs";

const TOKENS = {
  tokens: ["a", "b", "c"],
  texts: ["a", " b", ","],
  special: [false, false, false],
  offsets: [0, 1, 3],
  instances: ["a", " b,"],
  columns: {},
  grid: null,
};
/** Queries lie at -1 0 1, keys at 1 1 1, in a cube of half-width 2 about 10; drawn from last to first. */
const ORDER = [5, 4, 3, 2, 1, 0];
const COORDS = [65535, 65535, 65535, 65535, 32767.5, 0].flatMap((x) => [x, 0]);
const POSITION = { name: "position", label: "position", categories: [] };
const SORT = { name: "column.sort, of word", label: "sort", categories: ["word", "mark"] };
const NORM = { name: "norm", label: "norm", categories: [] };

/** @param {any[]} encodings */
const csv = (encodings, hidden = null) =>
  pointsCsv({ tokens: /** @type {any} */ (TOKENS), dims: 2, coords: COORDS, extent: [10, 20, 2], order: ORDER, encodings, hidden }).split("\r\n");

test("every point is a line with its token, side, place in the inputs and coordinates", () => {
  assert.deepEqual(csv([]), [
    "token,side,instance,position,x,y",
    "a,query,0,0,8.000000,18.00000",
    " b,query,1,0,10.00000,18.00000",
    '",",query,1,1,12.00000,18.00000',
    "a,key,0,0,12.00000,18.00000",
    " b,key,1,0,12.00000,18.00000",
    '",",key,1,1,12.00000,18.00000',
    "",
  ]);
});

test("tokens excluded from the picture are no lines, and the others keep their positions", () => {
  const places = csv([], [true, false, true]).map((line) => line.split(",").slice(0, 4).join(","));
  assert.deepEqual(places.slice(1, -1), [" b,query,1,0", " b,key,1,0"]);
});

test("encodings follow, by token or by point, categories by name, and nothing for no value", () => {
  const encodings = [
    { encoding: POSITION, values: Float32Array.of(0, 0.1, NaN) },
    { encoding: SORT, values: [0, 0, 1] },
    { encoding: NORM, values: [1, 2, 3, 4, 5, 6] },
  ];
  const ends = csv(encodings).map((line) => line.split(",").slice(-3).join(","));
  assert.deepEqual(ends.slice(1, -1), ["0,word,1", "0.1,word,2", ",mark,3", "0,word,4", "0.1,word,5", ",mark,6"]);
  assert.equal(csv(encodings)[0], 'token,side,instance,position,x,y,encoding.position,"encoding.column.sort, of word",encoding.norm');
});
