/**
 * Bootstrap's Dash components pass no data attributes on, so controls get their data-testid here.
 *
 * @param {HTMLElement} shell element whose data-test-ids lists the ids, as JSON
 */
export function copyTestIds(shell) {
  /** @type {string[]} */
  const ids = JSON.parse(shell.dataset.testIds ?? "[]");
  const copy = () => {
    for (const id of ids) {
      const element = document.getElementById(id);
      if (element && element.dataset.testid !== id) element.dataset.testid = id;
    }
  };
  new MutationObserver(copy).observe(shell, { childList: true, subtree: true });
  copy();
}
