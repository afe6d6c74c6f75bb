/** The few things the modules ask of Dash. */

/**
 * Set properties of a component from outside a callback.
 *
 * @param {string} id
 * @param {Record<string, unknown>} props
 */
export function setProps(id, props) {
  /** @type {any} */ (window).dash_clientside.set_props(id, props);
}

/**
 * The path under which the application is served, with a slash at both ends.
 *
 * @returns {string}
 */
export function prefix() {
  const text = document.getElementById("_dash-config")?.textContent ?? "{}";
  return JSON.parse(text).requests_pathname_prefix ?? "/";
}

/**
 * Resolve with an element as soon as Dash has rendered it.
 *
 * @param {string} id
 * @returns {Promise<HTMLElement>}
 */
export function rendered(id) {
  return new Promise((resolve) => {
    const look = () => {
      const element = document.getElementById(id);
      if (element) {
        observer.disconnect();
        resolve(element);
      }
    };
    const observer = new MutationObserver(look);
    observer.observe(document.documentElement, { childList: true, subtree: true });
    look();
  });
}
