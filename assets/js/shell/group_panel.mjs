/** The groups of points that the user takes: what the panel says of them, and what the server measures between. */

import { setProps } from "../state/dash.mjs";
import { groupSentence, noGroups, sentGroups, union } from "./groups.mjs";

/** @typedef {import("./groups.mjs").GroupName} GroupName */

export class GroupPanel {
  #groups = noGroups("", 0);

  /** Points of both groups, ascending. */
  get points() {
    return union(this.#groups.a, this.#groups.b);
  }

  /** Whether the first group has been taken. */
  get begun() {
    return this.#groups.a !== null;
  }

  /**
   * Forgets groups of another run.
   *
   * @param {string} run
   * @param {number} nTokens
   */
  belongTo(run, nTokens) {
    if (run !== this.#groups.run) this.#set(noGroups(run, nTokens));
  }

  /**
   * @param {GroupName} name
   * @param {Uint32Array | null} points null to let go of the group
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
      const said = document.getElementById(`group-${name}`);
      if (said) said.textContent = name === "b" && !groups.b && groups.a ? "as A" : groupSentence(groups[name], groups.nTokens);
      const letGo = document.querySelector(`[data-value="${name}:none"]`);
      if (letGo instanceof HTMLElement) letGo.hidden = groups[name] === null;
    }
    setProps("groups", { data: sentGroups(groups) });
  }
}
