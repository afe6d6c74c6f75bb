import assert from "node:assert/strict";
import { test } from "node:test";

import { HOME_ORBIT } from "../../../../assets/js/scatter/camera/camera3d.mjs";
import { cameraOf, cameraText } from "../../../../assets/js/scatter/camera/camera_text.mjs";
import { fit, toWorld } from "../../../../assets/js/scatter/camera/camera2d.mjs";

const WORLD = { x: 2, y: 1, width: 4, height: 3 };
const placeOn = (width, height, spatial = false) => {
  const home = fit(WORLD, { x: 0, y: 0, width, height });
  return { camera: home, home, orbit: { ...HOME_ORBIT }, spatial, world: WORLD, stage: { width, height } };
};

test("home leaves no trace", () => {
  assert.equal(cameraText(placeOn(800, 600)), "");
  assert.equal(cameraText({ ...placeOn(800, 600), orbit: { yaw: 2, pitch: 0 } }), "", "a turn shows in 3-D only");
});

test("a link shows the same center and zoom on a stage of another size", () => {
  const from = placeOn(800, 600);
  const moved = { ...from, camera: { k: from.home.k * 2.5, x: -300, y: -120 } };
  const there = placeOn(390, 500);
  const { camera } = cameraOf(cameraText(moved), there);
  assert.ok(Math.abs(camera.k / there.home.k - 2.5) < 1e-3);
  const [x, y] = toWorld(moved.camera, 400, 300);
  const [again, below] = toWorld(camera, 195, 250);
  assert.ok(Math.abs(again - x) < 1e-3 && Math.abs(below - y) < 1e-3);
});

test("a turn is kept in 3-D", () => {
  const turned = { ...placeOn(800, 600, true), orbit: { yaw: 1.25, pitch: -0.3 } };
  assert.deepEqual(cameraOf(cameraText(turned), placeOn(100, 100, true)).orbit, { yaw: 1.25, pitch: -0.3 });
});

test("a text that cannot be read is home", () => {
  const place = placeOn(800, 600);
  for (const text of ["", "x", "1_2", "0_0_0", "-1_0_0", "1_2_3_4", "NaN_0_0", "1e999_0_0"]) {
    assert.deepEqual(cameraOf(text, place).camera, place.home, text);
  }
});
