/** The camera as a text in a link: independent of the size of the stage. */

import { HOME_ORBIT } from "./camera3d.mjs";
import { toWorld } from "./camera2d.mjs";

/** @typedef {import("./camera2d.mjs").Camera} Camera */
/** @typedef {import("./camera3d.mjs").Orbit} Orbit */
/** @typedef {import("./cells.mjs").Rect} Rect */
/**
 * @typedef {object} Place
 * @property {Camera} camera
 * @property {Camera} home
 * @property {Orbit} orbit
 * @property {boolean} spatial
 * @property {Rect} world rectangle of everything that is shown
 * @property {{width: number, height: number}} stage pixels
 */

const DIGITS = 4;
const SAME = 1e-3;

/**
 * Zoom relative to home, center as a share of the world, and in 3-D yaw and pitch in radians, such as `2.5_0.4_0.6`.
 *
 * @param {Place} place
 * @returns {string} empty at home
 */
export function cameraText({ camera, home, orbit, spatial, world, stage }) {
  const center = (/** @type {Camera} */ each) => toWorld(each, stage.width / 2, stage.height / 2);
  const [[x, y], [homeX, homeY]] = [center(camera), center(home)];
  const shift = [(x - homeX) / world.width, (y - homeY) / world.height];
  const zoom = camera.k / home.k;
  const turned = spatial && (differ(orbit.yaw, HOME_ORBIT.yaw) || differ(orbit.pitch, HOME_ORBIT.pitch));
  if (!turned && !differ(zoom, 1) && !shift.some((each) => differ(each, 0))) return "";
  const numbers = [zoom, ...shift, ...(turned ? [orbit.yaw, orbit.pitch] : [])];
  return numbers.map((each) => String(Number(each.toFixed(DIGITS)))).join("_");
}

/**
 * @param {string} text
 * @param {Place} place
 * @returns {{camera: Camera, orbit: Orbit}} home for a text that cannot be read
 */
export function cameraOf(text, { home, orbit, spatial, world, stage }) {
  const numbers = text.split("_").map(Number);
  const [zoom, shiftX, shiftY, yaw, pitch] = numbers;
  if (!numbers.every(Number.isFinite) || ![3, 5].includes(numbers.length) || zoom <= 0) return { camera: home, orbit: { ...HOME_ORBIT } };
  const [homeX, homeY] = toWorld(home, stage.width / 2, stage.height / 2);
  const k = home.k * zoom;
  const [x, y] = [homeX + shiftX * world.width, homeY + shiftY * world.height];
  const turned = spatial && numbers.length === 5;
  return {
    camera: { k, x: stage.width / 2 - x * k, y: stage.height / 2 - y * k },
    orbit: turned ? { yaw, pitch: Math.max(-Math.PI / 2, Math.min(Math.PI / 2, pitch)) } : { ...orbit },
  };
}

/**
 * @param {number} one
 * @param {number} other
 */
function differ(one, other) {
  return Math.abs(one - other) > SAME;
}
