/** A labeled box to check that may stand for several things at once. */

import { html } from "./elements.mjs";

export class Checkbox {
  #input;
  #text = html("bdi");

  /**
   * @param {string} testId
   * @param {(on: boolean) => void} onChange
   */
  constructor(testId, onChange) {
    this.#input = html("input", { type: "checkbox", "data-testid": testId });
    this.#input.addEventListener("change", () => onChange(this.#input.checked));
    this.element = html("label", { class: "av-check" }, this.#input, this.#text);
  }

  /** @param {boolean} offered */
  set offered(offered) {
    this.element.hidden = !offered;
  }

  /** @param {string} label */
  set label(label) {
    this.#text.textContent = label;
  }

  /** @param {"all"|"some"|"none"} state */
  set state(state) {
    this.#input.checked = state === "all";
    this.#input.indeterminate = state === "some";
  }
}
