/** Menus made of a details element: one that loses focus, or in which Escape is pressed or an action chosen, closes. */

const MENU = "details.av-menu, details.av-export";

/**
 * Close menus below an element.
 *
 * @param {HTMLElement} root
 */
export function closeMenus(root) {
  root.addEventListener("focusout", (event) => {
    const menu = menuOf(event.target);
    const to = event.relatedTarget;
    if (menu && to instanceof Node && !menu.contains(to)) menu.open = false;
  });
  root.addEventListener("keydown", (event) => {
    const menu = menuOf(event.target);
    if (event.key !== "Escape" || !menu?.open) return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
    event.preventDefault();
  });
  document.addEventListener("pointerdown", (event) => {
    for (const menu of /** @type {NodeListOf<HTMLDetailsElement>} */ (root.querySelectorAll(MENU))) {
      if (!(event.target instanceof Node && menu.contains(event.target))) menu.open = false;
    }
  });
  root.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest(".av-menu-item")) {
      const menu = menuOf(event.target);
      if (menu) menu.open = false;
    }
  });
}

/**
 * @param {EventTarget | null} target
 * @returns {HTMLDetailsElement | null}
 */
function menuOf(target) {
  return target instanceof Element ? target.closest(MENU) : null;
}
