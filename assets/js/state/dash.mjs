/** Access to Dash: properties, URL prefix, rendered elements, test ids. */

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

/**
 * Copy ids of components to data-testid: Bootstrap's Dash components pass no data attributes on.
 *
 * @param {HTMLElement} shell element that holds the components
 * @param {readonly string[]} ids
 */
export function copyTestIds(shell, ids) {
  const copy = () => {
    for (const id of ids) {
      const element = document.getElementById(id);
      if (element && element.dataset.testid !== id) element.dataset.testid = id;
    }
  };
  new MutationObserver(copy).observe(shell, { childList: true, subtree: true });
  copy();
}
