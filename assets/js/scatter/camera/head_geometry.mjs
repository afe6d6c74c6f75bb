import { headPositions } from "./head_points.mjs";
import { PointIndex } from "./picking.mjs";

/** @typedef {import("./head_points.mjs").Cloud} Cloud */

/** Heads whose positions are kept. */
const KEPT_HEADS = 8;

/** Positions and search index of the heads that were looked at last, made when first needed. */
export class HeadGeometry {
  /** @type {Map<number, {positions: Float32Array, index: PointIndex | null}>} */
  #heads = new Map();
  #key = "";
  /** @type {Cloud | null} */
  #cloud = null;
  /** @type {Float32Array | null} */
  #rotation = null;

  /**
   * Says what is looked at; forgets the rest.
   *
   * @param {Cloud} cloud
   * @param {Float32Array | null} rotation
   */
  look(cloud, rotation) {
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
    if (!this.#cloud) throw new Error("Nothing is shown yet.");
    const held = this.#heads.get(head);
    const entry = held ?? { positions: headPositions(this.#cloud, head, this.#rotation), index: null };
    this.#heads.delete(head);
    this.#heads.set(head, entry);
    const [oldest] = this.#heads.keys();
    if (this.#heads.size > KEPT_HEADS) this.#heads.delete(oldest);
    return entry;
  }
}
