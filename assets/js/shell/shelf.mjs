/** Removes the contents of unused views from the document, so that its test ids stay unique. */

export class Shelf {
  #roots;
  /** @type {Map<HTMLElement, Node[]>} */
  #kept = new Map();

  /** @param {readonly HTMLElement[]} roots of the views, filled; their contents are removed at once */
  constructor(roots) {
    this.#roots = roots;
    this.use(false);
  }

  /** @param {boolean} on whether the views are in the document and their roots shown */
  use(on) {
    for (const root of this.#roots) {
      const kept = this.#kept.get(root);
      if (on && kept) {
        root.replaceChildren(...kept);
        this.#kept.delete(root);
      } else if (!on && !kept) {
        this.#kept.set(root, [...root.childNodes]);
        root.replaceChildren();
        root.hidden = true;
      }
    }
  }
}
