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
 * @param {{chosen: boolean}} how whether the controls already say what the address says, so that a late answer never
 *   overwrites what was chosen or typed since
 */
function announce({ chosen }) {
  const [pathname, query = ""] = currentAddress().split(/\?(.*)/s);
  setProps("url", { data: { pathname, search: query && `?${query}`, chosen } });
}

/**
 * Show a state's address without loading a document.
 *
 * @param {ViewState} state
 * @param {{replace?: boolean, chosen?: boolean}} options replace the present entry of the history, for changes in quick
 *   succession; whether the controls already show the state
 */
export function go(state, { replace = false, chosen = true } = {}) {
  const href = prefix().replace(/\/$/, "") + addressOf(state);
  if (replace) window.history.replaceState(null, "", href);
  else window.history.pushState(null, "", href);
  announce({ chosen });
}

/**
 * Write out what the server made of the present address, so that a copied link names its run and reopens this picture.
 *
 * @param {ViewState} state
 */
export function settle(state) {
  if (addressOf(state) !== currentAddress()) window.history.replaceState(null, "", prefix().replace(/\/$/, "") + addressOf(state));
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
  announce({ chosen: false });
}

/** Follow back and forward, and announce the address the document was opened with. */
export function followAddress() {
  window.addEventListener("popstate", () => announce({ chosen: false }));
  announce({ chosen: false });
}
