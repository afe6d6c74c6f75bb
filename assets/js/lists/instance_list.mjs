/** Dialog with all sentences or images of a run: search, sort, and open one by keyboard or click. */

import { html } from "../kit/elements.mjs";
import { cellText, findInstances, instanceTable, NUMBER, TEXT } from "./instance_table.mjs";
import { VirtualRows } from "../kit/virtual_rows.mjs";

/** @typedef {import("../data/run_meta.mjs").TokenTable} TokenTable */
/** @typedef {import("./instance_table.mjs").InstanceTable} InstanceTable */
/** @typedef {import("./instance_table.mjs").Order} Order */

const ROW_HEIGHT = 36;
/** Number, text and tokens. */
const FIXED_COLUMNS = 3;

export class InstanceList {
  /** @type {InstanceTable} */
  #table = { names: [], columns: [], searched: [] };
  /** @type {TokenTable | null} */
  #tokens = null;
  /** @type {Order} */
  #order = { column: NUMBER, descending: false };
  /** @type {number[]} */
  #found = [];
  #active = 0;
  /** @type {number | null} */
  #shown = null;
  #onChoose;
  #search;
  #count;
  #head;
  #rows;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {HTMLElement} root inside the dialog, emptied and filled
   * @param {(instance: number) => void} onChoose
   */
  constructor(dialog, root, onChoose) {
    this.dialog = dialog;
    this.#onChoose = onChoose;
    this.#search = html("input", {
      type: "search",
      class: "form-control form-control-sm",
      "data-testid": "instance-search",
      role: "combobox",
      autocomplete: "off",
      "aria-label": "Search",
      "aria-expanded": "true",
      "aria-controls": "instance-rows",
    });
    this.#count = html("output", { class: "av-note", "data-testid": "instance-count" });
    this.#head = html("div", { class: "av-instance-row av-instance-head" });
    const list = html("div", { id: "instance-rows", class: "av-instance-rows", role: "listbox", tabindex: "-1" });
    root.replaceChildren(this.#search, this.#count, this.#head, list);
    this.#rows = new VirtualRows(list, ROW_HEIGHT, (row) => this.#row(row));
    this.#search.addEventListener("input", () => this.#find());
    dialog.addEventListener("keydown", (event) => this.#onKey(event));
    dialog.addEventListener("click", (event) => this.#onClick(event));
  }

  /**
   * @param {TokenTable} tokens
   * @param {string} noun word for an instance
   * @param {number | null} shown the selected instance
   */
  open(tokens, noun, shown) {
    if (this.#tokens !== tokens) {
      this.#tokens = tokens;
      this.#table = instanceTable(tokens, noun);
      this.#order = { column: NUMBER, descending: false };
      this.#search.value = "";
      this.#search.placeholder = `Words in the ${noun.toLowerCase()} or a column`;
    }
    this.#shown = shown;
    const given = this.#table.names.length - FIXED_COLUMNS;
    this.dialog.style.setProperty("--av-columns", given > 0 ? `repeat(${given}, minmax(0, 8rem))` : " ");
    this.dialog.showModal();
    this.#find();
    this.#search.focus();
    this.#search.select();
  }

  #find() {
    this.#found = findInstances(this.#table, this.#search.value, this.#order);
    const [found, all] = [this.#found.length, this.#table.searched.length];
    this.#count.textContent = found === all ? `${all} in all` : `${found} of ${all}`;
    this.#head.replaceChildren(...this.#table.names.map((name, column) => this.#heading(name, column)));
    this.#active = Math.max(0, this.#shown === null ? 0 : this.#found.indexOf(this.#shown));
    this.#rows.reset(found);
    this.#activate(this.#active);
  }

  /**
   * @param {string} name
   * @param {number} column
   */
  #heading(name, column) {
    const sorted = this.#order.column === column;
    const mark = sorted ? (this.#order.descending ? " ↓" : " ↑") : "";
    const heading = html("button", { type: "button", class: cellClass(column), title: `Sort by ${name}` }, name + mark);
    heading.dataset.column = String(column);
    return heading;
  }

  /** @param {number} row */
  #row(row) {
    const instance = this.#found[row];
    const cells = this.#table.columns.map((values, column) => {
      const text = cellText(values[instance]);
      return html("span", { class: cellClass(column), dir: "auto", title: text }, text);
    });
    const element = html("div", { id: `instance-row-${row}`, class: "av-instance-row", role: "option" }, ...cells);
    element.dataset.testid = "instance-row";
    element.dataset.row = String(row);
    element.setAttribute("aria-posinset", String(row + 1));
    element.setAttribute("aria-setsize", String(this.#found.length));
    element.setAttribute("aria-selected", String(row === this.#active));
    if (instance === this.#shown) element.setAttribute("aria-current", "true");
    return element;
  }

  /** @param {number} row */
  #activate(row) {
    this.#rows.at(this.#active)?.setAttribute("aria-selected", "false");
    this.#active = Math.max(0, Math.min(row, this.#found.length - 1));
    this.#rows.reveal(this.#active);
    this.#rows.at(this.#active)?.setAttribute("aria-selected", "true");
    if (this.#found.length > 0) this.#search.setAttribute("aria-activedescendant", `instance-row-${this.#active}`);
    else this.#search.removeAttribute("aria-activedescendant");
  }

  /** @param {number} row */
  #choose(row) {
    if (row >= this.#found.length) return;
    this.dialog.close();
    this.#onChoose(this.#found[row]);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    event.stopPropagation();
    if (event.key === "Escape") {
      event.preventDefault();
      this.dialog.close();
      return;
    }
    if (event.target !== this.#search) return;
    const page = Math.max(1, Math.floor(this.#rows.element.clientHeight / ROW_HEIGHT) - 1);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page }[event.key];
    if (step !== undefined) this.#activate(this.#active + step);
    else if (event.key === "Enter") this.#choose(this.#active);
    else return;
    event.preventDefault();
  }

  /** @param {MouseEvent} event */
  #onClick(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const heading = /** @type {HTMLElement | null} */ (target.closest("[data-column]"));
    const row = /** @type {HTMLElement | null} */ (target.closest("[data-row]"));
    if (heading) {
      const column = Number(heading.dataset.column);
      const again = this.#order.column === column;
      this.#order = { column, descending: again && !this.#order.descending };
      this.#find();
      /** @type {HTMLElement} */ (this.#head.children[column]).focus();
    } else if (row) this.#choose(Number(row.dataset.row));
    else if (target === this.dialog || target.closest("[data-close]")) this.dialog.close();
  }
}

/** @param {number} column */
function cellClass(column) {
  return column === TEXT ? "av-instance-text" : column > 2 ? "av-instance-column" : "av-instance-number";
}
