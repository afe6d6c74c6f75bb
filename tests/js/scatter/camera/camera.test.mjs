import assert from "node:assert/strict";
import { test } from "node:test";

import {
  between,
  fit,
  keepInView,
  pan,
  refit,
  toScreen,
  toWorld,
  visibleWorld,
  zoomAt,
} from "../../../../assets/js/scatter/camera/camera2d.mjs";
import { FIT, HOME_ORBIT, PERSPECTIVE, project, rotation, turn } from "../../../../assets/js/scatter/camera/camera3d.mjs";

const close = (actual, expected, message) => {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) =>
    assert.ok(Math.abs(value - expected[i]) < 1e-4, message ?? `${actual} is not ${expected}`),
  );
};
const camera = { k: 50, x: 30, y: -20 };
const limits = { min: 1, max: 1000 };

test("screen and world are inverse to each other", () => {
  close(toWorld(camera, ...toScreen(camera, 3.25, -7)), [3.25, -7]);
});

test("fit shows the whole rectangle in the middle, with equal axes", () => {
  const fitted = fit({ x: 2, y: 1, width: 4, height: 2 }, { x: 10, y: 20, width: 200, height: 400 });
  close(toScreen(fitted, 2, 1), [10, 170]);
  close(toScreen(fitted, 6, 3), [210, 270]);
});

test("zooming keeps the place under the pointer and stops at its limits", () => {
  const before = toWorld(camera, 77, 99);
  close(toWorld(zoomAt(camera, 1.7, 77, 99, limits), 77, 99), before);
  assert.equal(zoomAt(camera, 1e9, 77, 99, limits).k, 1000);
  close(toWorld(zoomAt(camera, 1e9, 77, 99, limits), 77, 99), before);
  assert.equal(zoomAt(camera, 1e-9, 0, 0, limits).k, 1);
});

test("panning moves every place by as much", () => {
  close(toScreen(pan(camera, 5, -6), 1, 2), [30 + 50 + 5, -20 + 100 - 6]);
});

test("the way between two cameras starts at one, ends at the other, and zooms about one place that keeps still", () => {
  const to = { k: 800, x: -4000, y: -2500 };
  close(Object.values(between(camera, to, 0)), Object.values(camera));
  close(Object.values(between(camera, to, 1)), Object.values(to));
  const still = toWorld(camera, (to.x * camera.k - camera.x * to.k) / (camera.k - to.k), 0)[0];
  const places = [0, 0.3, 0.7, 1].map((t) => toScreen(between(camera, to, t), still, 0)[0]);
  close(places, Array(4).fill(places[0]));
  close(Object.values(between(camera, pan(camera, 10, 20), 0.5)), [50, 35, -10]);
});

test("a stage of another size keeps the zoom and the place in the middle", () => {
  const before = { home: { k: 50, x: 0, y: 0 }, width: 600, height: 400 };
  const after = { home: { k: 100, x: 0, y: 0 }, width: 1200, height: 800 };
  assert.deepEqual(refit(before.home, before, after), after.home);
  const zoomed = refit({ k: 200, x: -300, y: -100 }, before, after);
  assert.equal(zoomed.k, 400);
  close(toWorld(zoomed, 600, 400), toWorld({ k: 200, x: -300, y: -100 }, 300, 200));
});

test("the target never leaves the stage's middle", () => {
  const world = { x: 0, y: 0, width: 4, height: 4 };
  const stage = { width: 300, height: 300 };
  const far = keepInView({ k: 50, x: 1e5, y: -1e5 }, world, stage);
  close(toWorld(far, 150, 150), [0, 4]);
  assert.deepEqual(keepInView({ k: 50, x: 10, y: 20 }, world, stage), { k: 50, x: 10, y: 20 });
});

test("the visible world is what the stage's corners show", () => {
  const { x, y, width, height } = visibleWorld(camera, { width: 500, height: 250 });
  close([x, y, x + width, y + height], [...toWorld(camera, 0, 0), ...toWorld(camera, 500, 250)]);
});

test("rotations keep lengths and right angles", () => {
  const r = rotation({ yaw: 1.1, pitch: -0.6 });
  for (const a of [0, 1, 2]) {
    for (const b of [0, 1, 2]) {
      const dot = [0, 1, 2].reduce((sum, i) => sum + r[3 * a + i] * r[3 * b + i], 0);
      assert.ok(Math.abs(dot - (a === b ? 1 : 0)) < 1e-6);
    }
  }
});

test("an unturned cube is seen from the front, larger where it is near", () => {
  const r = rotation({ yaw: 0, pitch: 0 });
  close(project(r, 0.5, -0.5, 0), [0.5 * FIT, -0.5 * FIT, 0]);
  const [near] = project(r, 0.5, 0, 1);
  const [far] = project(r, 0.5, 0, -1);
  assert.ok(near > far);
  assert.ok(Math.abs(near - (0.5 * FIT) / (1 - PERSPECTIVE * FIT)) < 1e-6);
});

test("a quarter turn to the right brings what was in front to the right, and a turn down what was in front down", () => {
  const right = project(rotation({ yaw: Math.PI / 2, pitch: 0 }), 0, 0, 1);
  close(right, [FIT, 0, 0]);
  const down = project(rotation({ yaw: 0, pitch: Math.PI / 2 }), 0, 0, 1);
  close(down, [0, -FIT, 0]);
});

test("dragging turns without end sideways and stops at the poles", () => {
  const turned = turn(HOME_ORBIT, 10, 1e5);
  assert.ok(turned.yaw > HOME_ORBIT.yaw);
  assert.equal(turned.pitch, Math.PI / 2);
});
