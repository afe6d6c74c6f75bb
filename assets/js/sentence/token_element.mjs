/** The element of one token: its look, and the words that a screen reader says. */

import { sameToken } from "./choices.mjs";
import { html } from "../kit/elements.mjs";

/** @typedef {import("./weights.mjs").TokenRef} TokenRef */

/** Smallest share of the focus that gets a number. */
const SMALLEST_SHARE = 0.005;

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
 * Give a token the look and the words of its state.
 *
 * @param {HTMLButtonElement} element
 * @param {TokenRef} ref
 * @param {import("./bipartite.mjs").Drawing} drawing
 * @param {readonly TokenRef[]} focus
 */
export function dress(element, ref, { texts, shares, choices }, focus) {
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
 * @returns {TokenRef|null} the token that an event happened on
 */
export function refOf(target) {
  const element = target instanceof Element ? target.closest(".av-token") : null;
  if (!(element instanceof HTMLElement)) return null;
  return { token: Number(element.dataset.token), side: element.dataset.side === "key" ? "key" : "query" };
}
