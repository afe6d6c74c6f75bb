/** The tint of every head in Matrix View: shades that the server works out, in colors that the style sheet names. */

import { rgbOf } from "../scatter/theme.mjs";

const STEPS = 32;

export class HeadTint {
  /** @type {Float32Array | null} */
  #shades = null;

  /** @param {import("../scatter/scene.mjs").Scene} scene */
  constructor(scene) {
    this.scene = scene;
  }

  /** Heads with a tint. */
  get count() {
    return this.#shades ? this.#shades.filter((shade) => !Number.isNaN(shade)).length : 0;
  }

  /**
   * Paints in the colors of the present theme.
   *
   * @param {(number | null)[] | null} shades one a head, 0 to 1; null for no tint
   */
  show(shades) {
    this.#shades = shades && Float32Array.from(shades, (shade) => shade ?? NaN);
    const style = getComputedStyle(document.documentElement);
    const [low, high] = ["--av-tint-low", "--av-tint-high"].map((name) => rgbOf(style.getPropertyValue(name).trim()));
    this.scene.setHeadTint(this.#shades, ramp(low, high, STEPS));
  }
}

/**
 * Colors from one to another, in even steps.
 *
 * @param {readonly number[]} low red, green and blue, 0 to 1
 * @param {readonly number[]} high
 * @param {number} steps at least 2
 * @returns {string[]} CSS colors
 */
export function ramp(low, high, steps) {
  return Array.from({ length: steps }, (_, step) => {
    const share = step / (steps - 1);
    const [red, green, blue] = low.map((from, i) => Math.round(255 * (from + share * (high[i] - from))));
    return `rgb(${red} ${green} ${blue})`;
  });
}
