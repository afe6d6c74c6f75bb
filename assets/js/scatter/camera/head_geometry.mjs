import { project } from "./camera3d.mjs";
import { PointIndex } from "./picking.mjs";

/**
 * Positions of points inside the square of their head: x to the right, y downwards, 0..1.
 *
 * @typedef {{coords: Uint16Array, dims: number, pointsPerHead: number}} Cloud  coordinates of all heads, in draw order
 */

/** Largest quantized coordinate. */
const FULL = 65535;

/** Heads whose positions are cached. */
const KEPT_HEADS = 8;

/** Cache of positions and search indices of the most recently used heads. */
export class HeadGeometry {
  /** @type {Map<number, {positions: Float32Array, index: PointIndex | null}>} */
  #heads = new Map();
  #key = "";
  /** @type {Cloud | null} */
  #cloud = null;
  /** @type {Float32Array | null} */
  #rotation = null;

  /**
   * Select the cloud and its rotation; a change empties the cache.
   *
   * @param {Cloud} cloud
   * @param {Float32Array | null} rotation
   */
  select(cloud, rotation) {
    const key = rotation ? rotation.join() : "";
    if (cloud.coords !== this.#cloud?.coords || key !== this.#key) this.#heads.clear();
    this.#cloud = cloud;
    this.#rotation = rotation;
    this.#key = key;
  }

  /**
   * Positions inside the head's square.
   *
   * @param {number} head counted row by row over all layers
   * @returns {Float32Array} [2N, 2], in draw order
   */
  positions(head) {
    return this.#of(head).positions;
  }

  /**
   * @param {number} head
   * @returns {PointIndex}
   */
  index(head) {
    const entry = this.#of(head);
    entry.index ??= new PointIndex(entry.positions);
    return entry.index;
  }

  /** @param {number} head */
  #of(head) {
    if (!this.#cloud) throw new Error("Select a cloud first.");
    const held = this.#heads.get(head);
    const entry = held ?? { positions: headPositions(this.#cloud, head, this.#rotation), index: null };
    this.#heads.delete(head);
    this.#heads.set(head, entry);
    const [oldest] = this.#heads.keys();
    if (this.#heads.size > KEPT_HEADS) this.#heads.delete(oldest);
    return entry;
  }
}

/**
 * Compute the position of one point inside its head's square.
 *
 * @param {Cloud} cloud
 * @param {number} head counted row by row over all layers
 * @param {number} vertex index in the draw order
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
 * Compute the positions of all points of a head.
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
