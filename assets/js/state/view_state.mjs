/**
 * View state: what a link reopens. Fields, defaults, paths and controls are declared in Python
 * (layouts/state/view_state.py, layouts/panels/controls.py); this module interprets the table that the page carries.
 *
 * @typedef {"matrix" | "head" | "instance" | "heads"} View
 * @typedef {object} ViewState fields that the modules read by name; the table may hold more
 * @property {View} view
 * @property {string} run
 * @property {string} projection
 * @property {number} dims
 * @property {string} color
 * @property {string} search
 * @property {import("../data/search.mjs").SearchMode} search_mode
 * @property {number | null} layer
 * @property {number | null} head
 * @property {number | null} instance
 * @property {number | null} token
 * @property {"query" | "key"} side
 * @property {boolean | null} labels null for the default of the modality
 * @property {boolean} lines
 * @property {boolean} norm
 * @property {boolean} pairs
 * @property {boolean} patches
 * @property {boolean} filled
 * @property {"highest" | "attention" | "flows" | "rollout"} image_mode
 * @property {string} tint
 * @property {number | null} strongest
 * @property {string} only
 * @property {boolean} no_sinks
 * @property {"lines" | "matrix"} form
 * @property {number | null} threshold in thousandths
 * @property {boolean} value_norm
 * @property {string} hidden
 * @property {string} pinned
 * @property {boolean} stretch
 * @property {boolean} dim
 * @property {string} camera
 * @property {number} trust percentage below which points fade; 0 for none
 *
 * @typedef {string | number | boolean | null} Value
 * @typedef {{name: string, default: Value, type: "boolean" | "number" | "text", on_for: string | null}} Field
 * @typedef {object} Control
 * @property {string} id of the component
 * @property {string} field that it sets
 * @property {"choose" | "search" | ""} handler that takes its value; empty for none
 * @property {string | null} empty value of the menu for the field's default
 * @property {string} needs field without which this one has its default; empty for none
 * @typedef {{fields: Field[], paths: Record<View, string>, controls: Control[]}} Table
 */

export class StateTable {
  #fields;
  #paths;

  /** @param {Table} table as of layouts/panels/controls.py, browser_table */
  constructor({ fields, paths, controls }) {
    this.#fields = new Map(fields.map((field) => [field.name, field]));
    this.#paths = paths;
    /** @type {readonly Control[]} */
    this.controls = controls;
    /** @type {Readonly<ViewState>} */
    this.defaults = Object.freeze(/** @type {any} */ (Object.fromEntries(fields.map((field) => [field.name, field.default]))));
  }

  /**
   * The query string of a state: all values that are not defaults, in the order of the fields.
   *
   * @param {ViewState} state
   * @returns {string} empty, or starting with a question mark
   */
  query(state) {
    const pairs = new URLSearchParams();
    for (const [name, field] of this.#fields) {
      const value = valueOf(state, name);
      if (name === "view" || value === field.default || value === null) continue;
      pairs.set(name, typeof value === "boolean" ? String(Number(value)) : String(value));
    }
    const query = pairs.toString();
    return query ? `?${query}` : "";
  }

  /**
   * @param {ViewState} state
   * @returns {string} path below the application's prefix, and query
   */
  href(state) {
    return this.#paths[state.view] + this.query(state);
  }

  /**
   * @param {ViewState} one
   * @param {ViewState} other
   * @returns {boolean} whether both show the same picture
   */
  same(one, other) {
    return [...this.#fields.keys()].every((name) => valueOf(one, name) === valueOf(other, name));
  }

  /**
   * The state with undecided switches at the default of a modality.
   *
   * @param {ViewState} state
   * @param {string} modality "text" or "image"
   * @returns {ViewState & {labels: boolean}}
   */
  decided(state, modality) {
    const open = [...this.#fields.values()].filter(({ name, on_for }) => on_for !== null && valueOf(state, name) === null);
    return /** @type {any} */ ({ ...state, ...Object.fromEntries(open.map(({ name, on_for }) => [name, on_for === modality])) });
  }

  /**
   * Changes that the values of the controls of a handler make.
   *
   * @param {ViewState} state
   * @param {string} modality of the open run
   * @param {"choose" | "search"} handler
   * @param {readonly unknown[]} values in the order of the controls
   * @returns {{changes: Partial<ViewState>, complete: boolean}} complete: whether every menu has a value. An undecided
   *   switch stays undecided until it differs from its default.
   */
  chosen(state, modality, handler, values) {
    const controls = this.controls.filter((control) => control.handler === handler);
    const decided = this.decided(state, modality);
    /** @type {Record<string, Value>} */
    const changes = {};
    for (const [index, control] of controls.entries()) {
      const value = this.#read(control, values[index]);
      if (value === undefined) continue;
      changes[control.field] = value === valueOf(decided, control.field) ? valueOf(state, control.field) : value;
    }
    const complete = controls.every(({ field }) => field in changes);
    const after = { ...state, ...changes };
    for (const { field, needs } of controls) {
      if (needs && valueOf(after, needs) === this.#default(needs)) changes[field] = this.#default(field);
    }
    return { changes, complete };
  }

  /**
   * Values that the controls show after a change, by id: of changed fields only, so that other controls stay untouched.
   *
   * @param {ViewState} before
   * @param {ViewState} after
   * @returns {Record<string, string | boolean>}
   */
  shown(before, after) {
    /** @type {Record<string, string | boolean>} */
    const values = {};
    for (const { id, field, empty } of this.controls) {
      const value = valueOf(after, field);
      if (value === valueOf(before, field)) continue;
      const shown = value === this.#default(field) && empty !== null ? empty : value;
      if (shown !== null) values[id] = typeof shown === "boolean" ? shown : String(shown);
    }
    return values;
  }

  /**
   * @param {Control} control
   * @param {unknown} value of the component
   * @returns {Value | undefined} undefined for a menu without a value
   */
  #read({ field, empty }, value) {
    const type = this.#fields.get(field)?.type;
    if (type === "boolean") return Boolean(value);
    if ((value ?? "") === empty) return this.#default(field);
    if (value === null || value === undefined || value === "") return undefined;
    return type === "number" ? Number(value) : String(value);
  }

  /** @param {string} name */
  #default(name) {
    return valueOf(this.defaults, name);
  }
}

/**
 * @param {ViewState} state
 * @param {string} name
 * @returns {Value}
 */
function valueOf(state, name) {
  return /** @type {any} */ (state)[name];
}
