/** Distance from the pointer, in pixels. */
const OFFSET = 14;

/** A few lines of text beside the pointer. */
export class Tooltip {
  #element;

  /** @param {HTMLElement} element inside the stage */
  constructor(element) {
    this.#element = element;
  }

  /**
   * @param {number} x on the stage, in pixels
   * @param {number} y
   * @param {string[]} lines the first one is the title
   */
  show(x, y, lines) {
    this.#element.replaceChildren(
      ...lines.map((line) => {
        const element = document.createElement("div");
        element.textContent = line;
        return element;
      }),
    );
    this.#element.hidden = false;
    const stage = this.#element.parentElement;
    const { offsetWidth: width, offsetHeight: height } = this.#element;
    const left = x + OFFSET + width > (stage?.clientWidth ?? 0) ? x - OFFSET - width : x + OFFSET;
    const top = y + OFFSET + height > (stage?.clientHeight ?? 0) ? y - OFFSET - height : y + OFFSET;
    this.#element.style.transform = `translate(${Math.max(0, Math.round(left))}px, ${Math.max(0, Math.round(top))}px)`;
  }

  hide() {
    this.#element.hidden = true;
  }
}
