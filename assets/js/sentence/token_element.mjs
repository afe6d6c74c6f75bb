/** Token elements of the graph: construction, state, and movement with the arrow keys. */

import { html } from "../kit/elements.mjs";
import { sameToken } from "../kit/weights.mjs";

/** @typedef {import("../kit/weights.mjs").TokenRef} TokenRef */

/** Smallest share of the focus that gets a number. */
const SMALLEST_SHARE = 0.005;

/** Tokens that Page Up and Page Down move by. */
const PAGE = 10;

/**
 * @param {TokenRef} ref
 * @param {string} text visible text
 * @returns {HTMLButtonElement}
 */
export function makeToken({ token, side }, text) {
  const attributes = {
    type: "button",
    class: `av-token av-token-${side}`,
    "data-testid": `${side}-token`,
    "data-token": String(token),
    "data-side": side,
    title: `${side} ${token}: ${text}`,
  };
  return html("button", attributes, html("bdi", {}, text));
}

/**
 * Update classes, shade and label of a token.
 *
 * @param {HTMLButtonElement} element
 * @param {TokenRef} ref
 * @param {import("./bipartite.mjs").Drawing} drawing
 * @param {readonly TokenRef[]} focus
 */
export function updateToken(element, ref, { texts, shares, choices }, focus) {
  const hidden = (ref.side === "query" ? choices.hiddenQueries : choices.hiddenKeys).has(ref.token);
  const focused = focus.some((other) => sameToken(other, ref));
  const pinned = choices.pinned.some((pin) => sameToken(pin, ref));
  const selected = sameToken(choices.selected, ref);
  const share = shares[ref.side]?.[ref.token] ?? 0;
  element.classList.toggle("is-hidden", hidden);
  element.classList.toggle("is-focused", focused);
  element.classList.toggle("is-pinned", pinned);
  element.classList.toggle("is-selected", selected);
  element.style.setProperty("--av-share", String(Math.min(1, share)));
  element.dataset.share = share >= SMALLEST_SHARE ? share.toFixed(2) : "";
  element.setAttribute("aria-pressed", String(hidden));
  const state = [hidden && "hidden", pinned && "pinned", selected && "selected"].filter(Boolean).join(", ");
  element.setAttribute("aria-label", `${texts[ref.token]}, ${ref.side} ${ref.token}${state ? `, ${state}` : ""}`);
}

/**
 * @param {EventTarget|null} target
 * @returns {TokenRef|null} token at the target of an event
 */
export function refOf(target) {
  const element = target instanceof Element ? target.closest(".av-token") : null;
  if (!(element instanceof HTMLElement)) return null;
  return { token: Number(element.dataset.token), side: element.dataset.side === "key" ? "key" : "query" };
}

/**
 * Compute the token that a key moves the focus to.
 *
 * @param {TokenRef} from
 * @param {string} key KeyboardEvent.key
 * @param {number} length tokens
 * @returns {TokenRef|null} null for a key that does not move
 */
export function moveFocus({ token, side }, key, length) {
  const clamp = (/** @type {number} */ to) => Math.max(0, Math.min(length - 1, to));
  switch (key) {
    case "ArrowUp":
      return { token: clamp(token - 1), side };
    case "ArrowDown":
      return { token: clamp(token + 1), side };
    case "PageUp":
      return { token: clamp(token - PAGE), side };
    case "PageDown":
      return { token: clamp(token + PAGE), side };
    case "Home":
      return { token: 0, side };
    case "End":
      return { token: clamp(length - 1), side };
    case "ArrowLeft":
      return { token, side: "query" };
    case "ArrowRight":
      return { token, side: "key" };
    default:
      return null;
  }
}
