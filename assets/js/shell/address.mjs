/** The browser's address is the only state that outlives a page: this module reads and writes it. */

import { prefix, setProps } from "./dash.mjs";
import { PATHS, toQuery } from "./view_state.mjs";

/** @typedef {import("./view_state.mjs").ViewState} ViewState */

/**
 * @param {ViewState} state
 * @returns {string} path below the prefix, and query
 */
export function addressOf(state) {
  return PATHS[state.view] + toQuery(state);
}

/** @returns {string} the present address below the prefix */
export function currentAddress() {
  const { pathname, search } = window.location;
  return "/" + pathname.slice(prefix().length) + search;
}

/**
 * Hand the present address to the server, which answers with the page.
 *
 * @param {{typed: boolean}} how whether the search box already says what the address says, so that an answer never
 *   overwrites what is being typed
 */
function announce({ typed }) {
  const [pathname, query = ""] = currentAddress().split(/\?(.*)/s);
  setProps("url", { data: { pathname, search: query && `?${query}`, typed } });
}

/**
 * Show a state's address without loading a document.
 *
 * @param {ViewState} state
 * @param {{replace?: boolean}} options replace the present entry of the history, for changes in quick succession
 */
export function go(state, { replace = false } = {}) {
  const href = prefix().replace(/\/$/, "") + addressOf(state);
  if (replace) window.history.replaceState(null, "", href);
  else window.history.pushState(null, "", href);
  announce({ typed: true });
}

/**
 * Follow a link to another address of the application without loading a document.
 *
 * @param {string} href relative to the present address
 */
export function visit(href) {
  const target = new URL(href, window.location.href);
  if (target.href === window.location.href) return;
  window.history.pushState(null, "", target);
  announce({ typed: false });
}

/** Follow back and forward, and announce the address the document was opened with. */
export function followAddress() {
  window.addEventListener("popstate", () => announce({ typed: false }));
  announce({ typed: false });
}
