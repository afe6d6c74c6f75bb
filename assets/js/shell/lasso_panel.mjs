/** Panel of picked points: their tokens by frequency, their CSV, and groups made from them. */

import { csvCell } from "../data/csv.mjs";
import { instanceOf } from "../data/run_meta.mjs";
import { tokenWord, writtenName } from "../data/token_names.mjs";
import { GroupPanel, union } from "./groups.mjs";

/** @typedef {import("../data/run_meta.mjs").TokenTable} TokenTable */
/** @typedef {{text: string, queries: number, keys: number}} TokenCount */

const LISTED = 200;

/**
 * Count the picked points by token text, most frequent first.
 *
 * @param {TokenTable} tokens
 * @param {Uint32Array} points queries 0..N-1, keys N..2N-1
 * @returns {TokenCount[]}
 */
export function countTokens(tokens, points) {
  const n = tokens.texts.length;
  /** @type {Map<string, TokenCount>} */
  const counts = new Map();
  for (const point of points) {
    const text = tokenWord(tokens, point % n);
    const entry = counts.get(text) ?? { text, queries: 0, keys: 0 };
    if (point < n) entry.queries++;
    else entry.keys++;
    counts.set(text, entry);
  }
  return [...counts.values()].sort((a, b) => b.queries + b.keys - a.queries - a.keys || a.text.localeCompare(b.text));
}

/**
 * One line per picked point: token, side, instance, position.
 *
 * @param {TokenTable} tokens
 * @param {Uint32Array} points
 * @returns {string} CSV with a header
 */
export function pickedCsv(tokens, points) {
  const n = tokens.texts.length;
  const rows = [...points].map((point) => {
    const token = point % n;
    const instance = instanceOf(tokens.offsets, token);
    const side = point < n ? "query" : "key";
    return [csvCell(writtenName(tokens, token)), side, instance, token - tokens.offsets[instance]].join(",");
  });
  return ["token,side,instance,position", ...rows].join("\r\n") + "\r\n";
}

export class LassoPanel {
  groups = new GroupPanel();
  /** @type {Uint32Array} */
  #points = new Uint32Array();
  #csv = "";
  #events;

  /** @param {{onClose: () => void, onPoints: (points: Uint32Array) => void}} events points to highlight: picked, or of a group */
  constructor(events) {
    this.#events = events;
  }

  get #root() {
    return document.getElementById("lasso");
  }

  /** Whether the panel is visible. */
  get isOpen() {
    return this.#root?.hidden === false;
  }

  /** Open the panel without points, for groups of hits. */
  open() {
    if (this.#root) this.#root.hidden = false;
  }

  /**
   * Show the picked points; the first become group A. An empty lasso closes a panel without groups.
   *
   * @param {TokenTable} tokens
   * @param {Uint32Array} points
   */
  show(tokens, points) {
    const panel = this.#root;
    const list = document.getElementById("lasso-list");
    const title = document.getElementById("lasso-title");
    if (!panel || !list || !title) return;
    this.#points = points;
    if (!this.groups.begun) this.groups.take("a", points);
    panel.hidden = points.length === 0 && !this.groups.begun;
    const n = tokens.texts.length;
    const queries = points.filter((point) => point < n).length;
    title.hidden = points.length === 0;
    title.textContent = `${points.length} points: ${queries} queries, ${points.length - queries} keys`;
    const counts = countTokens(tokens, points);
    list.replaceChildren(...counts.slice(0, LISTED).map(row));
    if (counts.length > LISTED) list.append(note(`and ${counts.length - LISTED} more tokens`));
    this.#csv = pickedCsv(tokens, points);
    this.#events.onPoints(union(points, this.groups.points));
  }

  /**
   * Set or clear a group.
   *
   * @param {import("./groups.mjs").GroupName} group
   * @param {"picked" | "hits" | "none"} source
   * @param {Uint32Array} hits
   */
  take(group, source, hits) {
    const points = { picked: this.#points, hits, none: null }[source];
    this.groups.take(group, points);
    this.#events.onPoints(union(this.#points, this.groups.points));
  }

  close() {
    if (this.#root) this.#root.hidden = true;
    this.#points = new Uint32Array();
    this.groups.clear();
    this.#events.onClose();
  }

  /** Copy the picked points to the clipboard. */
  async copy() {
    await navigator.clipboard.writeText(this.#csv);
  }
}

/** @param {TokenCount} count */
function row({ text, queries, keys }) {
  const item = document.createElement("li");
  const token = document.createElement("bdi");
  token.textContent = text;
  const numbers = document.createElement("span");
  numbers.className = "av-quiet";
  numbers.textContent = `${queries} q, ${keys} k`;
  item.append(token, numbers);
  return item;
}

/** @param {string} text */
function note(text) {
  const item = document.createElement("li");
  item.className = "av-quiet";
  item.textContent = text;
  return item;
}
