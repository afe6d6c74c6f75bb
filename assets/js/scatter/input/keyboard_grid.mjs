import { headName } from "./point_description.mjs";

/** @typedef {import("../../data/layer_number.mjs").Numbered} Numbered */
/**
 * Labeled grid of heads for keyboard and screen readers: arrow keys, Home, End and Page keys move, Enter or Space opens,
 * Escape clears, plus and minus zoom, 0 resets the zoom.
 *
 * @typedef {import("../camera/cells.mjs").Head} Head
 * @typedef {{onFocus: (head: Head | null) => void, onOpen: (head: Head) => void, onClear: () => void,
 *   onZoom: (factor: number) => void, onReset: () => void}} GridEvents
 */

const ZOOM_STEP = 1.4;

/** @typedef {{row: number, column: number}} GridCell */

/** @type {Record<string, (at: GridCell, nRows: number, nColumns: number) => GridCell>} */
const MOVES = {
  ArrowUp: (at) => ({ ...at, row: at.row - 1 }),
  ArrowDown: (at) => ({ ...at, row: at.row + 1 }),
  ArrowLeft: (at) => ({ ...at, column: at.column - 1 }),
  ArrowRight: (at) => ({ ...at, column: at.column + 1 }),
  Home: (at) => ({ ...at, column: 0 }),
  End: (at, _, nColumns) => ({ ...at, column: nColumns - 1 }),
  PageUp: (at) => ({ ...at, row: 0 }),
  PageDown: (at, nRows) => ({ ...at, row: nRows - 1 }),
};

/**
 * Compute the head that a key moves to; null if the key does not move or leaves the grid.
 *
 * @param {string} key
 * @param {Head} from
 * @param {readonly (readonly Head[])[]} rows
 * @returns {Head | null}
 */
export function headAfterKey(key, from, rows) {
  const row = rows.findIndex((heads) => heads.some((head) => sameHead(head, from)));
  if (row < 0 || !Object.hasOwn(MOVES, key)) return null;
  const column = rows[row].findIndex((head) => sameHead(head, from));
  const next = MOVES[key]({ row, column }, rows.length, rows[row].length);
  const head = rows[next.row]?.[next.column];
  return head && !sameHead(head, from) ? head : null;
}

/**
 * Heads in the order of the stage, row by row.
 *
 * @param {{n_layers: number, n_heads: number}} model
 * @param {import("../camera/compact_grid.mjs").CompactGrid | null} compact
 * @returns {Head[][]}
 */
export function gridRows({ n_layers, n_heads }, compact) {
  const heads = compact?.heads ?? Array.from({ length: n_layers * n_heads }, (_, index) => index);
  const columns = compact?.columns ?? n_heads;
  return Array.from({ length: Math.ceil(heads.length / columns) }, (_, row) =>
    heads
      .slice(row * columns, (row + 1) * columns)
      .map((index) => ({ layer: Math.floor(index / n_heads), head: index % n_heads })),
  );
}

/**
 * @param {Head} one
 * @param {Head} other
 */
function sameHead(one, other) {
  return one.layer === other.layer && one.head === other.head;
}

export class KeyboardGrid {
  #element;
  #events;
  /** @type {Head[][]} */
  #rows = [];
  /** @type {Head} */
  #at = { layer: 0, head: 0 };
  /** @type {Head | null} head in Single View */
  #current = null;
  /** @type {Numbered} */
  #model = {};
  /** @type {Map<string, HTMLElement>} by the head's name */
  #cells = new Map();

  /**
   * @param {HTMLElement} element
   * @param {GridEvents} events
   */
  constructor(element, events) {
    this.#element = element;
    this.#events = events;
    element.setAttribute("role", "grid");
    element.setAttribute("aria-label", "Attention heads");
    element.addEventListener("keydown", (event) => this.#key(event));
    element.addEventListener("click", (event) => this.#clicked(event));
    element.addEventListener("focusin", (event) => {
      const head = this.#headOf(event.target);
      if (head) this.#moveTo(head);
      events.onFocus(element.querySelector(":focus-visible") ? this.#at : null);
    });
    element.addEventListener("focusout", () => events.onFocus(null));
  }

  /**
   * @param {Head[][]} rows in the order of the stage
   * @param {Head | null} current
   * @param {Numbered} [model] names layers by their own numbers
   */
  show(rows, current, model = {}) {
    const names = (/** @type {Head[][]} */ grid, /** @type {Numbered} */ of) =>
      grid.map((heads) => heads.map((head) => headName(head, of)).join()).join(";");
    const before = names(this.#rows, this.#model);
    this.#model = model;
    if (names(rows, model) !== before) this.#build(rows);
    this.#cell(this.#current)?.removeAttribute("aria-current");
    this.#current = current;
    this.#cell(current)?.setAttribute("aria-current", "true");
    if (current) this.#moveTo(current);
  }

  /** Focus the grid, so that arrow keys and Escape work after a click on the picture. */
  focus() {
    this.#cell(this.#at)?.focus({ preventScroll: true });
  }

  /** @param {Head[][]} rows */
  #build(rows) {
    this.#rows = rows;
    this.#at = rows[0]?.[0] ?? { layer: 0, head: 0 };
    this.#cells.clear();
    const elements = rows.map((heads) => {
      const row = document.createElement("div");
      row.setAttribute("role", "row");
      for (const head of heads) {
        const cell = document.createElement("div");
        cell.setAttribute("role", "gridcell");
        cell.tabIndex = this.#cells.size === 0 ? 0 : -1;
        cell.textContent = headName(head, this.#model);
        this.#cells.set(headName(head), cell);
        row.append(cell);
      }
      return row;
    });
    this.#element.replaceChildren(...elements);
  }

  /** @param {Head | null} at */
  #cell(at) {
    return at ? this.#cells.get(headName(at)) : undefined;
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
    const next = headAfterKey(event.key, this.#at, this.#rows);
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
    const head = this.#headOf(event.target);
    if (head) this.#events.onOpen(head);
  }

  /** @param {EventTarget | null} target */
  #headOf(target) {
    return this.#rows.flat().find((head) => this.#cell(head) === target);
  }
}
