/** The text below the graph: weights at the pointer, pins and, on touch, actions; also for screen readers. */

import { button, html } from "../kit/elements.mjs";

/** @typedef {import("./choices.mjs").Choices} Choices */
/** @typedef {import("./pattern_model.mjs").PatternModel} PatternModel */
/** @typedef {import("../kit/weights.mjs").TokenRef} TokenRef */
/**
 * @typedef {object} ReadoutEvents
 * @property {(ref: TokenRef) => void} onToggle
 * @property {(ref: TokenRef) => void} onSelect
 * @property {(ref: TokenRef) => void} onPin
 */

const NAMED = 4;

export class Readout {
  element = html("div", { class: "av-readout" });
  #words = html("p", { class: "av-readout-words", "aria-live": "polite", "data-testid": "pattern-readout" });
  #actions = html("div", { class: "av-readout-actions", role: "group", "aria-label": "Token" });
  #pins = html("div", { class: "av-pins", role: "group", "aria-label": "Pinned tokens" });
  #hint;
  #events;

  /**
   * @param {string} hint shown while nothing is pointed at
   * @param {ReadoutEvents} events
   */
  constructor(hint, events) {
    this.#hint = hint;
    this.#events = events;
    this.element.append(this.#pins, this.#words, this.#actions);
  }

  /**
   * @param {PatternModel} model
   * @param {Choices} choices
   * @param {boolean} tapped whether the hovered token was tapped, so that its actions need buttons
   */
  update(model, choices, tapped) {
    const { hovered, pinned } = choices;
    this.#drawPins(model, pinned);
    this.#actions.replaceChildren(...(hovered && tapped ? this.#actionsOf(hovered, choices) : []));
    if (hovered) this.#words.replaceChildren(...sentenceAbout(model, choices, [hovered]));
    else if (pinned.length > 0) this.#words.replaceChildren(...sentenceAbout(model, choices, pinned));
    else this.#words.replaceChildren(this.#hint);
    this.#words.classList.toggle("is-hint", !hovered && pinned.length === 0);
  }

  /** @param {string} notice shown until the next update */
  notify(notice) {
    this.#words.replaceChildren(notice);
  }

  /**
   * @param {PatternModel} model
   * @param {{query: number, key: number}} pair
   * @param {number} weight
   * @param {string} remark follows the weight
   */
  describePair(model, { query, key }, weight, remark) {
    this.#words.classList.remove("is-hint");
    const absent = model.subject.causal && key > query;
    this.#words.replaceChildren(
      ...name(model, { token: query, side: "query" }),
      " → ",
      ...name(model, { token: key, side: "key" }),
      absent ? " comes later and is masked" : ` ${weight.toPrecision(4)}${remark}`,
    );
  }

  /**
   * @param {PatternModel} model
   * @param {readonly TokenRef[]} pinned
   */
  #drawPins(model, pinned) {
    this.#pins.hidden = pinned.length === 0;
    this.#pins.replaceChildren(
      ...pinned.map((ref) => {
        const text = model.texts[ref.token];
        const label = `Unpin ${text}, ${ref.side} ${ref.token}`;
        const chip = button("", { class: `av-pin av-pin-${ref.side}`, "aria-label": label, title: label }, () =>
          this.#events.onPin(ref),
        );
        chip.append(html("bdi", {}, text), " ×");
        return chip;
      }),
    );
  }

  /**
   * @param {TokenRef} ref
   * @param {Choices} choices
   * @returns {HTMLButtonElement[]}
   */
  #actionsOf(ref, choices) {
    const hidden = (ref.side === "query" ? choices.hiddenQueries : choices.hiddenKeys).has(ref.token);
    return [
      button(hidden ? "Show" : "Hide", { class: "av-quiet-button" }, () => this.#events.onToggle(ref)),
      button("Select", { class: "av-quiet-button" }, () => this.#events.onSelect(ref)),
      button("Pin", { class: "av-quiet-button" }, () => this.#events.onPin(ref)),
    ];
  }
}

/**
 * @param {PatternModel} model
 * @param {Choices} choices
 * @param {readonly TokenRef[]} refs
 * @returns {(Node|string)[]} names of the tokens and of the strongest on the other side
 */
function sentenceAbout(model, choices, refs) {
  const shares = model.shares(choices);
  const subject = refs.length === 1 ? name(model, refs[0]) : [`Sum of ${refs.length} pinned tokens`];
  const parts = [...strongest(model, shares.key, " → "), ...strongest(model, shares.query, " ← ")];
  return [...subject, ...(parts.length > 0 ? parts : [" has no attention here"])];
}

/**
 * @param {PatternModel} model
 * @param {Float32Array|null} shares
 * @param {string} arrow
 * @returns {(Node|string)[]}
 */
function strongest(model, shares, arrow) {
  if (!shares) return [];
  const order = Array.from(shares.keys())
    .filter((token) => shares[token] >= 0.005)
    .sort((a, b) => shares[b] - shares[a])
    .slice(0, NAMED);
  return order.flatMap((token, rank) => [
    rank === 0 ? arrow : " · ",
    html("bdi", {}, model.texts[token]),
    ` ${shares[token].toFixed(2)}`,
  ]);
}

/**
 * @param {PatternModel} model
 * @param {TokenRef} ref
 * @returns {(Node|string)[]}
 */
function name(model, { token, side }) {
  return [`${side} ${token} `, html("bdi", { class: `av-name-${side}` }, model.texts[token])];
}
