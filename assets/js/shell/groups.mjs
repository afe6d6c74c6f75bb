/** Two groups of points and the attention between them; they persist across heads. */

import { setProps } from "../state/dash.mjs";

/** @typedef {"a" | "b"} GroupName */
/** @typedef {{run: string, nTokens: number, a: Uint32Array | null, b: Uint32Array | null}} Groups  points: queries 0..N-1,
 *  keys N..2N-1, ascending */

/**
 * Empty groups of a run.
 *
 * @param {string} run
 * @param {number} nTokens
 * @returns {Groups}
 */
export function noGroups(run, nTokens) {
  return { run, nTokens, a: null, b: null };
}

/**
 * Queries and keys of all tokens that a search found.
 *
 * @param {ArrayLike<number>} hits one number a token, 0 for none
 * @returns {Uint32Array}
 */
export function pointsOfHits(hits) {
  const tokens = Array.from({ length: hits.length }, (_, token) => token).filter((token) => hits[token] > 0);
  return Uint32Array.from([...tokens, ...tokens.map((token) => token + hits.length)]);
}

/**
 * Points that are in any of several sets.
 *
 * @param {...(Uint32Array | null)} sets
 * @returns {Uint32Array} ascending
 */
export function union(...sets) {
  return Uint32Array.from(new Set(sets.flatMap((set) => [...(set ?? [])]))).sort();
}

/**
 * The size of a group in words.
 *
 * @param {Uint32Array | null} points
 * @param {number} nTokens
 */
export function groupSentence(points, nTokens) {
  if (!points) return "empty";
  const queries = points.filter((point) => point < nTokens).length;
  const keys = points.length - queries;
  return `${queries} ${queries === 1 ? "query" : "queries"}, ${keys} ${keys === 1 ? "key" : "keys"}`;
}

/**
 * A bit per point, in the format of callbacks/groups.py.
 *
 * @param {Uint32Array} points
 * @param {number} nTokens
 * @returns {string} base64
 */
export function packed(points, nTokens) {
  const bytes = new Uint8Array(Math.ceil((2 * nTokens) / 8));
  for (const point of points) bytes[point >> 3] |= 128 >> (point & 7);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/**
 * Groups in the format of callbacks/groups.py; null without a first group.
 *
 * @param {Groups} groups
 */
export function sentGroups({ run, nTokens, a, b }) {
  return a ? { run, a: packed(a, nTokens), b: b && packed(b, nTokens) } : null;
}

/** The groups that the panel shows and the server measures. */
export class GroupPanel {
  #groups = noGroups("", 0);

  /** Points of both groups, ascending. */
  get points() {
    return union(this.#groups.a, this.#groups.b);
  }

  /** Whether the first group has points. */
  get begun() {
    return this.#groups.a !== null;
  }

  /**
   * Clear the groups of another run.
   *
   * @param {string} run
   * @param {number} nTokens
   */
  belongTo(run, nTokens) {
    if (run !== this.#groups.run) this.#set(noGroups(run, nTokens));
  }

  /**
   * @param {GroupName} name
   * @param {Uint32Array | null} points null clears the group
   */
  take(name, points) {
    this.#set({ ...this.#groups, [name]: points?.length ? points : null });
  }

  clear() {
    const { run, nTokens } = this.#groups;
    this.#set(noGroups(run, nTokens));
  }

  /** @param {import("./groups.mjs").Groups} groups */
  #set(groups) {
    this.#groups = groups;
    for (const name of /** @type {GroupName[]} */ (["a", "b"])) {
      const size = document.getElementById(`group-${name}`);
      if (size) size.textContent = name === "b" && !groups.b && groups.a ? "as A" : groupSentence(groups[name], groups.nTokens);
      const clear = document.querySelector(`[data-value="${name}:none"]`);
      if (clear instanceof HTMLElement) clear.hidden = groups[name] === null;
    }
    setProps("groups", { data: sentGroups(groups) });
  }
}
