/** Help of controls: a popover beside elements with data-info, on hover, focus and tap. */

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box pixels of the window */

const GAP = 8;
const MARGIN = 8;
/** Delay before hiding, so that the pointer can move from a control to its text. */
const LINGER_MS = 150;

/**
 * Position of a text: below its control, or above it without room below; always inside the window.
 *
 * @param {Box} anchor
 * @param {{width: number, height: number}} tip
 * @param {{width: number, height: number}} room
 * @returns {{left: number, top: number}}
 */
export function tipPosition(anchor, tip, room) {
  const below = anchor.bottom + GAP;
  const above = anchor.top - GAP - tip.height;
  const top = below + tip.height + MARGIN <= room.height || above < MARGIN ? below : above;
  const left = Math.min(anchor.left, room.width - MARGIN - tip.width);
  return { left: Math.max(MARGIN, left), top: Math.max(MARGIN, Math.min(top, room.height - MARGIN - tip.height)) };
}

export class InfoTips {
  #tip = document.createElement("div");
  /** @type {HTMLElement | null} */
  #shown = null;
  #timer = 0;
  /** Whether a click keeps the text open until the next one, instead of the pointer. */
  #pinned = false;

  /** @param {HTMLElement} shell */
  constructor(shell) {
    this.#tip.className = "av-tip";
    this.#tip.dataset.testid = "info-tip";
    this.#tip.setAttribute("popover", "manual");
    this.#tip.setAttribute("aria-hidden", "true");
    document.body.append(this.#tip);
    shell.addEventListener("pointerover", (event) => this.#over(event));
    shell.addEventListener("pointerout", (event) => this.#out(event));
    shell.addEventListener("focusin", (event) => this.#focused(event.target));
    shell.addEventListener("focusout", () => this.#hide());
    shell.addEventListener("click", (event) => this.#clicked(event.target));
    shell.addEventListener("scroll", () => this.#hide(), { capture: true, passive: true });
    this.#tip.addEventListener("pointerenter", () => window.clearTimeout(this.#timer));
    this.#tip.addEventListener("pointerleave", () => this.#hideSoon());
    document.addEventListener(
      "keydown",
      (event) => {
        if (event.key !== "Escape" || !this.#shown) return;
        this.#hide();
        event.preventDefault();
      },
      { capture: true },
    );
  }

  /** @param {PointerEvent} event */
  #over(event) {
    const control = controlOf(event.target);
    if (control && event.pointerType !== "touch") this.#show(control);
    else if (this.#shown && !this.#shown.isConnected) this.#hide();
  }

  /** @param {PointerEvent} event */
  #out(event) {
    const control = controlOf(event.target);
    const stays = event.relatedTarget instanceof Node && control?.contains(event.relatedTarget);
    if (control && !stays && event.pointerType !== "touch") this.#hideSoon();
  }

  /** @param {EventTarget | null} target */
  #focused(target) {
    const control = controlOf(target);
    if (!control?.matches(":focus-visible, .av-info")) return;
    this.#show(control);
  }

  /** @param {EventTarget | null} target */
  #clicked(target) {
    const control = controlOf(target);
    if (!control?.matches(".av-info")) return this.#hide();
    if (this.#shown === control && this.#pinned) return this.#hide();
    this.#show(control);
    this.#pinned = true;
  }

  /** @param {HTMLElement} control */
  #show(control) {
    window.clearTimeout(this.#timer);
    if (this.#shown === control) return;
    const parts = (control.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent);
    const text = parts.filter(Boolean).join("\n");
    if (!text) return;
    this.#shown = control;
    this.#pinned = false;
    this.#tip.textContent = text;
    this.#tip.showPopover();
    const room = { width: document.documentElement.clientWidth, height: document.documentElement.clientHeight };
    const { left, top } = tipPosition(control.getBoundingClientRect(), this.#tip.getBoundingClientRect(), room);
    this.#tip.style.left = `${left}px`;
    this.#tip.style.top = `${top}px`;
  }

  #hideSoon() {
    window.clearTimeout(this.#timer);
    if (this.#pinned) return;
    this.#timer = window.setTimeout(() => this.#hide(), LINGER_MS);
  }

  #hide() {
    window.clearTimeout(this.#timer);
    if (!this.#shown) return;
    this.#shown = null;
    this.#pinned = false;
    this.#tip.hidePopover();
  }
}

/**
 * @param {EventTarget | null} target
 * @returns {HTMLElement | null} control with a help text
 */
function controlOf(target) {
  return target instanceof Element ? target.closest("[data-info]") : null;
}
