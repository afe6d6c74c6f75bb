/** Rows of equal height in a scrolling window; only visible rows are in the document. */

const SPARE = 4;

/**
 * Range of visible rows, with a few more on either side.
 *
 * @param {number} top pixels scrolled
 * @param {number} height pixels of the window
 * @param {number} rowHeight
 * @param {number} count
 * @returns {{first: number, end: number}} rows first..end-1
 */
export function seenRows(top, height, rowHeight, count) {
  const first = Math.max(0, Math.floor(top / rowHeight) - SPARE);
  const end = Math.min(count, Math.ceil((top + height) / rowHeight) + SPARE);
  return { first: Math.min(first, end), end };
}

export class VirtualRows {
  /** @type {Map<number, HTMLElement>} */
  #drawn = new Map();
  #count = 0;
  #make;
  #rowHeight;
  #sheet;

  /**
   * @param {HTMLElement} element scrolling window, filled with the rows
   * @param {number} rowHeight pixels
   * @param {(row: number) => HTMLElement} make
   */
  constructor(element, rowHeight, make) {
    this.element = element;
    this.#rowHeight = rowHeight;
    this.#make = make;
    this.#sheet = document.createElement("div");
    this.#sheet.className = "av-rows";
    this.#sheet.setAttribute("role", "presentation");
    element.replaceChildren(this.#sheet);
    element.addEventListener("scroll", () => this.#fill());
    new ResizeObserver(() => this.#fill()).observe(element);
  }

  /** Rebuild all rows. @param {number} count */
  reset(count) {
    this.#count = count;
    this.#sheet.style.height = `${count * this.#rowHeight}px`;
    for (const element of this.#drawn.values()) element.remove();
    this.#drawn.clear();
    this.#fill();
  }

  /**
   * Scroll the shortest distance that makes a row visible.
   *
   * @param {number} row
   */
  reveal(row) {
    const top = row * this.#rowHeight;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + this.#rowHeight > scrollTop + clientHeight) this.element.scrollTop = top + this.#rowHeight - clientHeight;
    this.#fill();
  }

  /** @param {number} row @returns {HTMLElement | undefined} element of the row while it is in the document */
  at(row) {
    return this.#drawn.get(row);
  }

  #fill() {
    const { first, end } = seenRows(this.element.scrollTop, this.element.clientHeight, this.#rowHeight, this.#count);
    for (const [row, element] of this.#drawn) {
      if (row >= first && row < end) continue;
      element.remove();
      this.#drawn.delete(row);
    }
    for (let row = first; row < end; row++) {
      if (this.#drawn.has(row)) continue;
      const element = this.#make(row);
      element.style.top = `${row * this.#rowHeight}px`;
      element.style.height = `${this.#rowHeight}px`;
      this.#sheet.append(element);
      this.#drawn.set(row, element);
    }
  }
}
