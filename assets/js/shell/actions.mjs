/** Actions of buttons with data-action, and keyboard shortcuts. */

import { toggleTheme, togglePalette } from "../state/appearance.mjs";
import { saveCSV, savePNG, saveSVG } from "./export.mjs";
import { visit } from "../state/address.mjs";
import { allHeads, cleared } from "../state/changes.mjs";

/** @typedef {import("./controller.mjs").Controller} Controller */

/** @param {string} id */
function chosenNumber(id) {
  const value = /** @type {HTMLSelectElement | null} */ (document.getElementById(id))?.value;
  return value ? Number(value) : 0;
}

/** @type {Record<string, (controller: Controller, button: HTMLElement) => void>} */
const ACTIONS = {
  home: (controller) => controller.home(),
  matrix: (controller) => controller.change(allHeads(controller.state)),
  go: (controller) => controller.change({ view: "head", layer: chosenNumber("layer"), head: chosenNumber("head") }),
  dims: (controller, button) => controller.change({ dims: Number(button.dataset.value) }),
  "reset-zoom": (controller) => controller.scene.resetZoom(),
  "clear-selection": (controller) => controller.clear(),
  "copy-lasso": (controller) => void controller.lasso.copy(),
  "close-lasso": (controller) => controller.lasso.close(),
  groups: (controller) => (controller.lasso.isOpen ? controller.lasso.close() : controller.lasso.open()),
  "take-group": (controller, button) => controller.takeGroup(button.dataset.value ?? ""),
  "all-heads": (controller) => controller.change({ only: "", strongest: null }),
  heads: (controller) => controller.change({ ...cleared(controller.state), view: "heads", layer: null, head: null }),
  visit: (controller, link) => visit(link.getAttribute("href") ?? ""),
  "open-head": (controller) => controller.change({ view: "head" }),
  "open-instance": (controller) => controller.change({ view: "instance" }),
  "previous-instance": (controller) => controller.stepInstance(-1),
  "next-instance": (controller) => controller.stepInstance(1),
  "all-instances": (controller) => void controller.sidebar.openList(),
  "strongest-pairs": (controller) => controller.sidebar.togglePairs(),
  up: (controller) => controller.step("up"),
  down: (controller) => controller.step("down"),
  left: (controller) => controller.step("left"),
  right: (controller) => controller.step("right"),
  theme: (controller) => {
    toggleTheme();
    void controller.draw();
  },
  palette: (controller) => {
    togglePalette();
    void controller.draw();
  },
  controls: (controller) => controller.shell.classList.toggle("av-controls-toggled"),
  "copy-link": (controller) => void controller.copyLink(),
  "export-png": (controller) => void savePNG(controller),
  "export-svg": (controller) => saveSVG(controller),
  "export-csv": (controller) => void saveCSV(controller),
};

/**
 * @param {HTMLElement} shell
 * @param {Controller} controller
 */
export function listenForActions(shell, controller) {
  shell.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-action]"));
    const action = button && ACTIONS[button.dataset.action ?? ""];
    if (!action || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    action(controller, button);
  });
  document.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const typing = target.matches("input, select, textarea, [contenteditable]");
    if (event.key === "/" && !typing) {
      event.preventDefault();
      document.getElementById("search")?.focus();
    }
    if (event.key === "Escape" && !event.defaultPrevented && !typing) controller.clear();
    const direction = /** @type {Record<string, "up" | "down" | "left" | "right">} */ ({
      ArrowUp: "up",
      ArrowDown: "down",
      ArrowLeft: "left",
      ArrowRight: "right",
    })[event.key];
    if (direction && (target === document.body || target.id === "stage") && controller.state.view === "head") {
      event.preventDefault();
      controller.step(direction);
    }
  });
}
