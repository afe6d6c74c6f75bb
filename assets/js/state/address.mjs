/** The browser's address, which holds the view state across pages and reloads. */

import { prefix, setProps } from "./dash.mjs";


/** @returns {string} the present address below the prefix */
export function currentAddress() {
  const { pathname, search } = window.location;
  return "/" + pathname.slice(prefix().length) + search;
}

/**
 * Send the present address to the server, which returns the page.
 *
 * @param {{chosen: boolean, left?: string}} how chosen: whether the controls already show the state of the address; the
 *   answer then leaves them alone, so that a late one does not overwrite a newer choice. left: the run that was open
 *   before, if another one was chosen
 */
function announce({ chosen, left = "" }) {
  const [pathname, query = ""] = currentAddress().split(/\?(.*)/s);
  setProps("url", { data: { pathname, search: query && `?${query}`, chosen, left } });
}

/**
 * Show the address of a state without loading a document.
 *
 * @param {string} href below the prefix
 * @param {{replace?: boolean, chosen?: boolean, left?: string}} options whether to replace the present entry of the
 *   history, for changes in quick succession; whether the controls already show the state; the run that was open before
 */
export function go(href, { replace = false, chosen = true, left = "" } = {}) {
  if (replace) window.history.replaceState(null, "", prefixed(href));
  else window.history.pushState(null, "", prefixed(href));
  announce({ chosen, left });
}

/**
 * Replace the present address by that of the resolved state, so that a copied link names its run.
 *
 * @param {string} href below the prefix
 */
export function settle(href) {
  if (href !== currentAddress()) window.history.replaceState(null, "", prefixed(href));
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

/** Follow back and forward, and announce the address of the document. */
export function followAddress() {
  window.addEventListener("popstate", () => announce({ chosen: false }));
  announce({ chosen: false });
}

/** @param {string} href below the prefix */
function prefixed(href) {
  return prefix().replace(/\/$/, "") + href;
}
