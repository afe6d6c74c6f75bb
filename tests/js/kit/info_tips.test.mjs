import assert from "node:assert/strict";
import test from "node:test";
import { tipPosition } from "../../../assets/js/kit/info_tips.mjs";

const ROOM = { width: 390, height: 844 };
const TIP = { width: 280, height: 100 };

/** @param {number} left @param {number} top */
const anchorAt = (left, top) => ({ left, top, right: left + 16, bottom: top + 16 });

test("a text opens below its control, at its left edge", () => {
  assert.deepEqual(tipPosition(anchorAt(40, 100), TIP, ROOM), { left: 40, top: 124 });
});

test("a text moves to the left where the window ends", () => {
  assert.deepEqual(tipPosition(anchorAt(360, 100), TIP, ROOM), { left: 390 - 8 - 280, top: 124 });
});

test("a text opens above a control at the window's foot", () => {
  assert.deepEqual(tipPosition(anchorAt(40, 800), TIP, ROOM), { left: 40, top: 800 - 8 - 100 });
});

test("a text larger than its window starts at the edge", () => {
  for (const left of [-20, 40, 200]) {
    const place = tipPosition(anchorAt(left, 30), { width: 500, height: 900 }, ROOM);
    assert.deepEqual(place, { left: 8, top: 8 });
  }
});
