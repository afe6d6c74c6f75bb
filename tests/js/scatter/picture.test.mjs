import assert from "node:assert/strict";
import { test } from "node:test";

import { CLICKED, HIDDEN, HIT, KEPT, MEMBER, REST, emphasize } from "../../../assets/js/scatter/emphasis.mjs";
import { labelCandidates } from "../../../assets/js/scatter/overlay/label_texts.mjs";
import { headPositions, pointPosition } from "../../../assets/js/scatter/camera/head_geometry.mjs";
import { headOf, relativeSizes, selectionOf } from "../../../assets/js/scatter/picture.mjs";
import { pointStyle, patchStyle } from "../../../assets/js/scatter/gl/point_style.mjs";
import { tableOf } from "../../../assets/js/scatter/point_styles.mjs";
import { rotation } from "../../../assets/js/scatter/camera/camera3d.mjs";
import { TABLE_WIDTH } from "../../../assets/js/scatter/gl/shaders.mjs";
import { paletteTexels, rgbOf } from "../../../assets/js/scatter/theme.mjs";

test("hits stand out as query and as key, also at position 0, with a code of their term", () => {
  const { codes, count, active } = emphasize(3, { hits: Uint8Array.of(1, 0, 2) });
  assert.deepEqual([...codes], [HIT, REST, HIT + 1, HIT, REST, HIT + 1]);
  assert.deepEqual([count, active], [4, true]);
});

test("a search without hits and no search at all fade nothing", () => {
  assert.equal(emphasize(3, { hits: new Uint8Array(3) }).active, false);
  assert.equal(emphasize(3, {}).active, false);
});

test("a selection is drawn before hits, which keep their style", () => {
  const selection = { start: 1, end: 3, token: 2, side: "key" };
  const { codes, count } = emphasize(4, { hits: Uint8Array.of(1, 1, 0, 0), selection });
  assert.deepEqual([...codes], [KEPT, MEMBER, MEMBER, REST, KEPT, MEMBER, CLICKED, REST]);
  assert.equal(count, 4);
});

test("picked points stand out alone", () => {
  const { codes, count } = emphasize(2, { picked: Uint32Array.of(3) });
  assert.deepEqual([...codes], [REST, REST, REST, MEMBER]);
  assert.equal(count, 1);
});

test("the selection of a view is its instance's tokens over the whole run", () => {
  const tokens = { offsets: [0, 4, 9] };
  const at = (view) => selectionOf({ tokens, view: { side: "query", ...view } });
  assert.deepEqual(at({ instance: 1, token: 2 }), { start: 4, end: 9, token: 6, side: "query" });
  assert.deepEqual(at({ instance: 1, token: null }), { start: 4, end: 9, token: null, side: "query" });
  assert.equal(at({ instance: 1, token: 77 }).token, null);
  assert.equal(at({ instance: null, token: 1 }), null);
  assert.equal(at({ instance: 2, token: 1 }), null);
});

test("a head is shown alone outside the matrix only", () => {
  assert.equal(headOf({ view: "matrix", layer: 1, head: 2 }), null);
  assert.deepEqual(headOf({ view: "instance", layer: 0, head: 0 }), { layer: 0, head: 0 });
  assert.equal(headOf({ view: "head", layer: null, head: 0 }), null);
});

test("the table has color, side, emphasis and size of each point in draw order", () => {
  const picture = {
    order: Uint32Array.of(3, 0, 2, 1),
    encoding: { per_head: false },
    colors: Uint8Array.of(10, 11, 12, 13),
    sizes: null,
  };
  const table = tableOf(picture, Uint8Array.of(0, 1, 2, 3));
  assert.equal(table.length, 4 * TABLE_WIDTH);
  assert.deepEqual([...table.subarray(0, 16)], [13, 1, 3, 128, 10, 0, 0, 128, 12, 1, 2, 128, 11, 0, 1, 128]);
  const sized = tableOf(
    { ...picture, encoding: { per_head: true }, sizes: Uint8Array.of(64, 65, 66, 67) },
    new Uint8Array(4),
  );
  assert.deepEqual([...sized.subarray(0, 4)], [0, 1, 0, 67]);
});

test("sizes follow the norms of queries and keys of a head together", () => {
  assert.deepEqual([...relativeSizes(Float32Array.of(1, 3), Float32Array.of(2, 5))], [64, 160, 112, 255]);
  assert.deepEqual([...relativeSizes(Float32Array.of(2), Float32Array.of(2))], [128, 128]);
});

test("a palette shorter than the bytes repeats", () => {
  const texels = paletteTexels({ query: ["#ff0000", "#00ff00"], key: ["#0000ff"], none: "#808182" });
  assert.deepEqual([...texels.subarray(0, 12)], [255, 0, 0, 255, 0, 255, 0, 255, 255, 0, 0, 255]);
  assert.deepEqual([...texels.subarray(1024, 1028)], [0, 0, 255, 255]);
});

test("the last byte is the gray of points without a value, for queries and keys", () => {
  const texels = paletteTexels({ query: Array(255).fill("#ff0000"), key: ["#0000ff"], none: "#808182" });
  assert.deepEqual([...texels.subarray(4 * 254, 4 * 256)], [255, 0, 0, 255, 128, 129, 130, 255]);
  assert.deepEqual([...texels.subarray(4 * 511)], [128, 129, 130, 255]);
});

test("hex colors become numbers from 0 to 1", () => {
  assert.deepEqual(rgbOf("#3366cc"), [0.2, 0.4, 0.8]);
  assert.deepEqual(rgbOf("#3366CC"), [0.2, 0.4, 0.8]);
});

test("a point's place in its square: x to the right, y upwards, heads one after another", () => {
  const cloud = { coords: Uint16Array.of(9, 9, 9, 9, 0, 0, 65535, 13107), dims: 2, pointsPerHead: 2 };
  assert.deepEqual(pointPosition(cloud, 1, 0, null), [0, 1]);
  const [x, y] = pointPosition(cloud, 1, 1, null);
  assert.deepEqual([x, Math.round(y * 1000)], [1, 800]);
  assert.equal(headPositions(cloud, 1, null).length, 4);
});

test("the center of a cube stays in the middle however it is turned", () => {
  const cloud = { coords: Uint16Array.of(32768, 32767, 32768), dims: 3, pointsPerHead: 1 };
  for (const yaw of [0, 1, 2]) {
    const [x, y] = pointPosition(cloud, 0, 0, rotation({ yaw, pitch: yaw / 2 }));
    assert.ok(Math.abs(x - 0.5) < 1e-4 && Math.abs(y - 0.5) < 1e-4);
  }
});

test("patches are legible alone, small in the matrix, and grow with the zoom", () => {
  const base = { emphasized: 0, filled: false, sideOnly: true };
  for (const points of [400, 1040, 1576, 4000]) {
    const alone = patchStyle({ ...base, points, side: 800, homeSide: 800 });
    assert.ok(alone.size >= 15 && alone.size <= 25, String(alone.size));
    assert.ok(patchStyle({ ...base, points, side: 2400, homeSide: 800 }).size > 1.5 * alone.size);
    for (const side of [20, 60, 190]) {
      const cell = patchStyle({ ...base, points, side, homeSide: 800 });
      assert.ok(cell.size >= 1.5 && cell.size <= 15 && cell.size < alone.size);
    }
    const strong = patchStyle({ ...base, points, emphasized: 130, side: 800, homeSide: 800 });
    assert.ok(strong.emphasized > strong.size);
  }
  assert.ok(patchStyle({ ...base, points: 1040, side: 330, homeSide: 330 }).size < 15);
});

test("a color beyond query or key has a broader frame, or fills the patch", () => {
  const base = { points: 1040, emphasized: 0, side: 800, homeSide: 800, filled: false, sideOnly: true };
  assert.ok(patchStyle({ ...base, sideOnly: false }).frame > patchStyle(base).frame);
  const [near, cell] = [{ ...base, side: 8000 }, { ...base, side: 60 }].map((head) => patchStyle({ ...head, sideOnly: false }));
  assert.ok(near.frame * near.size <= 6 && cell.frame > 0.3);
  assert.deepEqual([base, { ...base, filled: true }].map((head) => patchStyle(head).mark), ["framed", "filled"]);
});

test("more points are drawn smaller, nearer ones larger, emphasized ones always larger than the rest", () => {
  const base = { points: 1500, emphasized: 20, side: 60, homeSide: 750 };
  const few = pointStyle(base);
  const many = pointStyle({ ...base, points: 20000 });
  const near = pointStyle({ ...base, side: 750 });
  const nearer = pointStyle({ ...base, side: 7500 });
  assert.ok(many.alpha < few.alpha && many.size <= few.size);
  assert.ok(few.size < near.size && near.size < nearer.size);
  for (const points of [100, 1500, 20000]) {
    for (const side of [20, 60, 750, 7500]) {
      for (const emphasized of [1, 50, points]) {
        const style = pointStyle({ points, emphasized, side, homeSide: 750 });
        assert.ok(style.emphasized > style.size);
        assert.ok(style.size >= 1 && style.alpha > 0.3 && style.alpha <= 0.8);
      }
    }
  }
});

test("excluded tokens are not emphasized, and are counted", () => {
  const hidden = [true, false, false];
  const { codes, count, hidden: out } = emphasize(3, { hits: Uint8Array.of(1, 1, 0), hidden });
  assert.deepEqual([...codes], [HIDDEN, HIT, REST, HIDDEN, HIT, REST]);
  assert.deepEqual([count, out], [2, 2]);
  const selection = { start: 0, end: 3, token: 0, side: "query" };
  assert.equal(emphasize(3, { selection, hidden }).count, 4);
  const shuffled = { order: Uint32Array.of(5, 0, 1, 2, 3, 4), trust: null };
  assert.deepEqual([...labelCandidates(shuffled, emphasize(3, { hidden }), 0)], [0, 2, 3, 5]);
});
