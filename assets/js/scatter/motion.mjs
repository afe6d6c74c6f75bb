/**
 * A movement of the camera: none for people who ask their system for less motion.
 *
 * @typedef {import("./camera/camera2d.mjs").Camera} Camera
 */

const DURATION = 480;

export class Motion {
  #start = performance.now();
  #duration = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : DURATION;

  /**
   * @param {Camera} from
   * @param {import("./camera/cells.mjs").Head} companion the head that is to be seen all the way
   * @param {boolean} leaving whether its neighbors fade out
   */
  constructor(from, companion, leaving) {
    this.from = from;
    this.companion = companion;
    this.leaving = leaving;
  }

  /**
   * @param {number} now milliseconds
   * @returns {number} 0..1, slow at both ends
   */
  progress(now) {
    const t = this.#duration === 0 ? 1 : Math.min(1, Math.max(0, (now - this.#start) / this.#duration));
    return t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2;
  }
}
