/**
 * Two-dimensional camera: the part of the world on the stage.
 *
 * screen = world * k + (x, y), the same scale on both axes; screen in CSS pixels from the stage's upper left corner, world in
 * cells, both with y downwards.
 *
 * @typedef {{k: number, x: number, y: number}} Camera
 * @typedef {import("./cells.mjs").Rect} Rect
 */

/**
 * @param {Camera} camera
 * @param {number} x
 * @param {number} y
 * @returns {[number, number]}
 */
export function toScreen(camera, x, y) {
  return [x * camera.k + camera.x, y * camera.k + camera.y];
}

/**
 * @param {Camera} camera
 * @param {number} x
 * @param {number} y
 * @returns {[number, number]}
 */
export function toWorld(camera, x, y) {
  return [(x - camera.x) / camera.k, (y - camera.y) / camera.k];
}

/**
 * Fit a world rectangle into the center of a screen rectangle.
 *
 * @param {Rect} world
 * @param {Rect} screen
 * @returns {Camera}
 */
export function fit(world, screen) {
  const k = Math.min(screen.width / world.width, screen.height / world.height);
  return {
    k,
    x: screen.x + screen.width / 2 - (world.x + world.width / 2) * k,
    y: screen.y + screen.height / 2 - (world.y + world.height / 2) * k,
  };
}

/**
 * Zoom around a fixed screen position.
 *
 * @param {Camera} camera
 * @param {number} factor
 * @param {number} x
 * @param {number} y
 * @param {{min: number, max: number}} limits of k
 * @returns {Camera}
 */
export function zoomAt(camera, factor, x, y, { min, max }) {
  const k = Math.min(max, Math.max(min, camera.k * factor));
  const f = k / camera.k;
  return { k, x: x - (x - camera.x) * f, y: y - (y - camera.y) * f };
}

/**
 * @param {Camera} camera
 * @param {number} dx
 * @param {number} dy
 * @returns {Camera}
 */
export function pan(camera, dx, dy) {
  return { k: camera.k, x: camera.x + dx, y: camera.y + dy };
}

/**
 * Interpolate two cameras: the scale changes evenly on a logarithmic axis, around the fixed point of both.
 *
 * @param {Camera} from
 * @param {Camera} to
 * @param {number} t 0..1
 * @returns {Camera}
 */
export function between(from, to, t) {
  const k = from.k * (to.k / from.k) ** t;
  const share = Math.abs(to.k - from.k) < 1e-6 * from.k ? t : (k - from.k) / (to.k - from.k);
  return { k, x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

/**
 * Adapt a camera to another stage size; the zoom relative to home and the center stay.
 *
 * @param {Camera} camera
 * @param {{home: Camera, width: number, height: number}} before
 * @param {{home: Camera, width: number, height: number}} after
 * @returns {Camera}
 */
export function refit(camera, before, after) {
  const [x, y] = toWorld(camera, before.width / 2, before.height / 2);
  const [homeX, homeY] = toWorld(before.home, before.width / 2, before.height / 2);
  const [newX, newY] = toWorld(after.home, after.width / 2, after.height / 2);
  const k = (camera.k * after.home.k) / before.home.k;
  return { k, x: after.width / 2 - (x - homeX + newX) * k, y: after.height / 2 - (y - homeY + newY) * k };
}

/**
 * Move a camera back until a world rectangle reaches the center of the stage.
 *
 * @param {Camera} camera
 * @param {Rect} world
 * @param {{width: number, height: number}} stage
 * @returns {Camera}
 */
export function keepInView(camera, world, stage) {
  return {
    k: camera.k,
    x: clamp(camera.x, stage.width / 2 - (world.x + world.width) * camera.k, stage.width / 2 - world.x * camera.k),
    y: clamp(camera.y, stage.height / 2 - (world.y + world.height) * camera.k, stage.height / 2 - world.y * camera.k),
  };
}

/**
 * Compute the world rectangle on the stage.
 *
 * @param {Camera} camera
 * @param {{width: number, height: number}} stage
 * @returns {Rect}
 */
export function visibleWorld(camera, stage) {
  const [x, y] = toWorld(camera, 0, 0);
  return { x, y, width: stage.width / camera.k, height: stage.height / camera.k };
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}
