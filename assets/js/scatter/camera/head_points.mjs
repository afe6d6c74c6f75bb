import { project } from "./camera3d.mjs";

/**
 * Where the points of one head lie inside its square: x to the right, y downwards, 0..1.
 *
 * @typedef {{coords: Uint16Array, dims: number, pointsPerHead: number}} Cloud  coordinates of all heads, in draw order
 */

const FULL = 65535;

/**
 * @param {Cloud} cloud
 * @param {number} head counted row by row over all layers
 * @param {number} vertex place in the draw order
 * @param {Float32Array | null} rotation of a three-dimensional cloud
 * @returns {[number, number]}
 */
export function pointPosition({ coords, dims, pointsPerHead }, head, vertex, rotation) {
  const at = (head * pointsPerHead + vertex) * dims;
  if (dims === 2 || !rotation) return [coords[at] / FULL, 1 - coords[at + 1] / FULL];
  const [x, y] = project(rotation, centered(coords[at]), centered(coords[at + 1]), centered(coords[at + 2]));
  return [0.5 + x / 2, 0.5 - y / 2];
}

/**
 * Positions of all points of a head.
 *
 * @param {Cloud} cloud
 * @param {number} head
 * @param {Float32Array | null} rotation
 * @returns {Float32Array} [2N, 2], in draw order
 */
export function headPositions(cloud, head, rotation) {
  const positions = new Float32Array(2 * cloud.pointsPerHead);
  for (let vertex = 0; vertex < cloud.pointsPerHead; vertex++) {
    const [x, y] = pointPosition(cloud, head, vertex, rotation);
    positions[2 * vertex] = x;
    positions[2 * vertex + 1] = y;
  }
  return positions;
}

/** @param {number} quantized */
function centered(quantized) {
  return (quantized / FULL) * 2 - 1;
}
