/**
 * Rotating camera of three-dimensional layouts: all cells share one rotation, each around its own center.
 *
 * Coordinates of a head lie in the cube -1..1, x to the right, y up, z toward the viewer. The shader repeats
 * `project` with the same constants.
 *
 * @typedef {{yaw: number, pitch: number}} Orbit  radians
 */

/** Scale that fits the corners of a rotated cube. */
export const FIT = 1 / 1.2;

/** Strength of the perspective: near points are drawn up to 1 / (1 - PERSPECTIVE) larger. */
export const PERSPECTIVE = 0.16;

/** Radians for a pixel of dragging. */
const SPEED = 0.008;

/** @type {Readonly<Orbit>} */
export const HOME_ORBIT = Object.freeze({ yaw: 0.55, pitch: 0.4 });

/**
 * @param {Orbit} orbit
 * @param {number} dx pixels to the right
 * @param {number} dy pixels downwards
 * @returns {Orbit}
 */
export function turn(orbit, dx, dy) {
  const limit = Math.PI / 2;
  return { yaw: orbit.yaw + dx * SPEED, pitch: Math.min(limit, Math.max(-limit, orbit.pitch + dy * SPEED)) };
}

/**
 * Rotation by yaw about the vertical axis, then pitch about the horizontal one.
 *
 * @param {Orbit} orbit
 * @returns {Float32Array} 3 x 3, column by column
 */
export function rotation({ yaw, pitch }) {
  const [cy, sy, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
  return new Float32Array([cy, sp * sy, -cp * sy, 0, cp, sp, sy, -sp * cy, cp * cy]);
}

/**
 * Project a point of the cube.
 *
 * @param {Float32Array} r from `rotation`
 * @param {number} x
 * @param {number} y
 * @param {number} z
 * @returns {[number, number, number]} x and y in the cell (-1..1), and how near it is (-1..1 for the inscribed ball)
 */
export function project(r, x, y, z) {
  const px = r[0] * x + r[3] * y + r[6] * z;
  const py = r[1] * x + r[4] * y + r[7] * z;
  const pz = r[2] * x + r[5] * y + r[8] * z;
  const scale = FIT / (1 - PERSPECTIVE * pz * FIT);
  return [px * scale, py * scale, pz];
}
