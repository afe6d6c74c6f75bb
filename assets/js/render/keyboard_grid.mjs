import { headName } from "./point_description.mjs";

/**
 * The heads as a labelled grid for keyboard and screen readers: arrow keys, Home, End and Page keys move, Enter or Space opens,
 * Escape clears, plus and minus zoom, 0 shows everything.
 *
 * @typedef {import("./cells.mjs").Head} Head
 * @typedef {{onFocus: (head: Head | null) => void, onOpen: (head: Head) => void, onClear: () => void,
 *   onZoom: (factor: number) => void, onReset: () => void}} GridEvents
 */

const ZOOM_STEP = 1.4;

/** @type {Record<string, (at: Head, nLayers: number, nHeads: number) => Head>} */
const MOVES = {
  ArrowUp: (at) => ({ ...at, layer: at.layer - 1 }),
  ArrowDown: (at) => ({ ...at, layer: at.layer + 1 }),
  ArrowLeft: (at) => ({ ...at, head: at.head - 1 }),
  ArrowRight: (at) => ({ ...at, head: at.head + 1 }),
  Home: (at) => ({ ...at, head: 0 }),
  End: (at, _, nHeads) => ({ ...at, head: nHeads - 1 }),
  PageUp: (at) => ({ ...at, layer: 0 }),
  PageDown: (at, nLayers) => ({ ...at, layer: nLayers - 1 }),
};

/**
 * The head that a key leads to, or null when the key does not move or leads out of the matrix.
 *
 * @param {string} key
 * @param {Head} at
 * @param {number} nLayers
 * @param {number} nHeads
 * @returns {Head | null}
 */
export function headAfterKey(key, at, nLayers, nHeads) {
  const next = Object.hasOwn(MOVES, key) ? MOVES[key](at, nLayers, nHeads) : at;
  const inside = next.layer >= 0 && next.layer < nLayers && next.head >= 0 && next.head < nHeads;
  const same = next.layer === at.layer && next.head === at.head;
  return inside && !same ? next : null;
}

export class KeyboardGrid {
  #element;
  #events;
  #nLayers = 0;
  #nHeads = 0;
  /** @type {Head} */
  #at = { layer: 0, head: 0 };
  /** @type {Head | null} the head that is shown alone */
  #current = null;
  /** @type {HTMLElement[]} */
  #cells = [];

  /**
   * @param {HTMLElement} element
   * @param {GridEvents} events
   */
  constructor(element, events) {
    this.#element = element;
    this.#events = events;
    element.setAttribute("role", "grid");
    element.setAttribute("aria-label", "Attention heads: rows are layers, columns are heads");
    element.addEventListener("keydown", (event) => this.#key(event));
    element.addEventListener("click", (event) => this.#clicked(event));
    element.addEventListener("focusin", () =>
      events.onFocus(element.querySelector(":focus-visible") ? this.#at : null),
    );
    element.addEventListener("focusout", () => events.onFocus(null));
  }

  /**
   * @param {number} nLayers
   * @param {number} nHeads
   * @param {Head | null} current
   */
  show(nLayers, nHeads, current) {
    if (nLayers !== this.#nLayers || nHeads !== this.#nHeads) this.#build(nLayers, nHeads);
    this.#cell(this.#current)?.removeAttribute("aria-current");
    this.#current = current;
    this.#cell(current)?.setAttribute("aria-current", "true");
    if (current) this.#moveTo(current);
  }

  /** Takes the keyboard, so that arrow keys and Escape work after a click into the picture. */
  focus() {
    this.#cell(this.#at)?.focus({ preventScroll: true });
  }

  /**
   * @param {number} nLayers
   * @param {number} nHeads
   */
  #build(nLayers, nHeads) {
    this.#nLayers = nLayers;
    this.#nHeads = nHeads;
    this.#at = { layer: 0, head: 0 };
    this.#cells = [];
    const rows = Array.from({ length: nLayers }, (_, layer) => {
      const row = document.createElement("div");
      row.setAttribute("role", "row");
      for (let head = 0; head < nHeads; head++) {
        const cell = document.createElement("div");
        cell.setAttribute("role", "gridcell");
        cell.tabIndex = this.#cells.length === 0 ? 0 : -1;
        cell.textContent = headName({ layer, head });
        this.#cells.push(cell);
        row.append(cell);
      }
      return row;
    });
    this.#element.replaceChildren(...rows);
  }

  /** @param {Head | null} at */
  #cell(at) {
    return at ? this.#cells[at.layer * this.#nHeads + at.head] : undefined;
  }

  /** @param {Head} next */
  #moveTo(next) {
    const [before, after] = [this.#cell(this.#at), this.#cell(next)];
    if (!before || !after) return;
    const focused = this.#element.contains(document.activeElement);
    before.tabIndex = -1;
    after.tabIndex = 0;
    this.#at = next;
    if (focused) after.focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const next = headAfterKey(event.key, this.#at, this.#nLayers, this.#nHeads);
    if (next) {
      this.#moveTo(next);
      if (this.#current) this.#events.onOpen(next);
    } else if (event.key === "Enter" || event.key === " ") {
      this.#events.onOpen(this.#at);
    } else if (event.key === "Escape") {
      this.#events.onClear();
    } else if (event.key === "+" || event.key === "-") {
      this.#events.onZoom(event.key === "+" ? ZOOM_STEP : 1 / ZOOM_STEP);
    } else if (event.key === "0") {
      this.#events.onReset();
    } else if (!Object.hasOwn(MOVES, event.key)) {
      return;
    }
    event.preventDefault();
  }

  /** Screen readers click cells. @param {MouseEvent} event */
  #clicked(event) {
    const index = this.#cells.indexOf(/** @type {HTMLElement} */ (event.target));
    if (index >= 0) this.#events.onOpen({ layer: Math.floor(index / this.#nHeads), head: index % this.#nHeads });
  }
}
