/** Tint of the heads in Matrix View: shades from the server, colors from the style sheet. */

import { hex, mix, readColors } from "../kit/colors.mjs";

const STEPS = 32;

export class HeadTint {
  /** @type {Float32Array | null} */
  #shades = null;

  /** @param {import("../scatter/scene.mjs").Scene} scene */
  constructor(scene) {
    this.scene = scene;
  }

  /** Number of heads with a tint. */
  get count() {
    return this.#shades ? this.#shades.filter((shade) => !Number.isNaN(shade)).length : 0;
  }

  /**
   * Draw the shades in the colors of the present theme.
   *
   * @param {(number | null)[] | null} shades one per head, 0 to 1; null for no tint
   */
  show(shades) {
    this.#shades = shades && Float32Array.from(shades, (shade) => shade ?? NaN);
    const { low, high } = readColors({ low: "--av-tint-low", high: "--av-tint-high" });
    this.scene.setHeadTint(this.#shades, ramp(low, high, STEPS));
  }
}

/**
 * Colors from one to another, in even steps.
 *
 * @param {import("../kit/colors.mjs").Rgb} low
 * @param {import("../kit/colors.mjs").Rgb} high
 * @param {number} steps at least 2
 * @returns {string[]} #rrggbb
 */
export function ramp(low, high, steps) {
  return Array.from({ length: steps }, (_, step) => hex(mix(low, high, step / (steps - 1))));
}
