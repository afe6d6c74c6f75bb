/** The bipartite graph: queries left, keys right, lines between; reports gestures. */

import { focusOf } from "./choices.mjs";
import { html } from "../kit/elements.mjs";
import { WHOLE_UP_TO, columnsIn, rowsToDraw } from "./geometry.mjs";
import { LineLayer } from "./line_layer.mjs";
import { oncePerFrame } from "../kit/remember.mjs";
import { updateToken, makeToken, refOf, moveFocus } from "./token_element.mjs";

/** @typedef {import("./choices.mjs").Choices} Choices */
/** @typedef {import("../kit/weights.mjs").Line} Line */
/** @typedef {import("../kit/weights.mjs").Side} Side */
/** @typedef {import("../kit/weights.mjs").TokenRef} TokenRef */
/**
 * @typedef {object} Drawing
 * @property {readonly string[]} texts visible texts
 * @property {readonly Line[]} lines
 * @property {Record<Side, Float32Array|null>} shares weight of each token of a side with the focus, drawn as a shade
 * @property {Choices} choices
 * @property {number} [sinkKey] position that is a key only
 */
/**
 * @typedef {object} GraphEvents
 * @property {(ref: TokenRef|null) => void} onHover
 * @property {(ref: TokenRef) => void} onTap touch on a token
 * @property {(ref: TokenRef) => void} onToggle
 * @property {(ref: TokenRef) => void} onSelect
 * @property {(ref: TokenRef) => void} onPin
 * @property {() => void} onEscape
 * @property {(scrollTop: number) => void} onScroll
 */

/** @type {readonly Side[]} */
const SIDES = ["query", "key"];

export class BipartiteGraph {
  element = html("div", { class: "av-graph-window", tabindex: "-1" });
  heading = html("div", { class: "av-graph-heading" }, html("span", {}, "Queries"), html("span", {}, "Keys"));
  #content = html("div", { class: "av-graph" });
  #lines = new LineLayer();
  #events;
  /** @type {Map<string, HTMLButtonElement>} */
  #tokens = new Map();
  /** @type {Drawing|null} */
  #drawing = null;
  /** @type {TokenRef} */
  #active = { token: 0, side: "query" };
  #rowHeight = 22;
  #reportedTop = 0;
  #byKeyboard = false;

  /** @param {GraphEvents} events */
  constructor(events) {
    this.#events = events;
    this.#content.append(this.#lines.canvas, this.#lines.svg);
    this.element.append(this.#content);
    this.#listen();
    new ResizeObserver(() => this.#redraw()).observe(this.element);
  }

  /** Number of lines drawn now; of a long sentence those that touch the window. */
  get drawnLines() {
    return this.#lines.drawn;
  }

  /** @param {Drawing} drawing */
  draw(drawing) {
    if (drawing.texts !== this.#drawing?.texts) this.#clear();
    this.#drawing = drawing;
    this.#redraw();
  }

  /**
   * Scroll a token into the window, if it is not there.
   *
   * @param {number} token
   */
  reveal(token) {
    const top = token * this.#rowHeight;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + this.#rowHeight > scrollTop + clientHeight) {
      this.element.scrollTop = top + this.#rowHeight - clientHeight;
    }
  }

  /**
   * Scroll without reporting it.
   *
   * @param {number} top
   */
  scrollTo(top) {
    this.element.scrollTop = top;
    this.#reportedTop = this.element.scrollTop;
  }

  #clear() {
    for (const token of this.#tokens.values()) token.remove();
    this.#tokens.clear();
    this.#active = { token: 0, side: "query" };
  }

  #redraw() {
    const { clientWidth: width, clientHeight: height, scrollTop } = this.element;
    if (!this.#drawing || width === 0) return;
    const { texts, lines } = this.#drawing;
    this.#rowHeight = parseFloat(getComputedStyle(this.#content).lineHeight) || this.#rowHeight;
    const rows = rowsToDraw(texts.length, this.#rowHeight, scrollTop, height);
    const columns = columnsIn(width);
    this.#content.style.height = `${texts.length * this.#rowHeight}px`;
    this.#content.style.setProperty("--av-token-width", `${columns.token}px`);
    this.heading.style.setProperty("--av-token-width", `${columns.token}px`);
    this.#drawTokens(this.#drawing, rows);
    this.#lines.draw({
      lines,
      whole: texts.length <= WHOLE_UP_TO,
      rows,
      rowHeight: this.#rowHeight,
      left: columns.left,
      right: columns.right,
      height: texts.length * this.#rowHeight,
      scrollTop,
      windowHeight: height,
    });
  }

  /**
   * @param {Drawing} drawing
   * @param {import("./geometry.mjs").Rows} rows
   */
  #drawTokens(drawing, rows) {
    for (const [name, element] of this.#tokens) {
      const token = Number(element.dataset.token);
      if (token >= rows.first && token <= rows.last) continue;
      element.remove();
      this.#tokens.delete(name);
    }
    const active = Math.max(rows.first, Math.min(rows.last, this.#active.token));
    const focus = focusOf(drawing.choices);
    for (const side of SIDES) {
      for (let token = rows.first; token <= rows.last; token++) {
        if (side === "query" && token === drawing.sinkKey) continue;
        const ref = { token, side };
        const element = this.#tokenElement(ref, drawing.texts[token]);
        element.tabIndex = token === active && side === this.#active.side ? 0 : -1;
        updateToken(element, ref, drawing, focus);
      }
    }
  }

  /**
   * @param {TokenRef} ref
   * @param {string} text
   * @returns {HTMLButtonElement}
   */
  #tokenElement({ token, side }, text) {
    const name = side + token;
    const known = this.#tokens.get(name);
    if (known) return known;
    const element = makeToken({ token, side }, text);
    element.style.top = `${token * this.#rowHeight}px`;
    this.#content.append(element);
    this.#tokens.set(name, element);
    return element;
  }

  #listen() {
    const content = this.#content;
    content.addEventListener("pointerover", (event) => {
      if (event.pointerType !== "touch") this.#events.onHover(refOf(event.target));
    });
    content.addEventListener("pointerleave", (event) => {
      if (event.pointerType !== "touch") this.#events.onHover(null);
    });
    content.addEventListener("click", (event) => this.#click(event));
    content.addEventListener("dblclick", (event) => {
      const ref = refOf(event.target);
      if (ref && !event.shiftKey) this.#events.onSelect(ref);
    });
    content.addEventListener("focusin", (event) => {
      const ref = refOf(event.target);
      if (!ref) return;
      this.#active = ref;
      this.#byKeyboard = event.target instanceof Element && event.target.matches(":focus-visible");
      if (this.#byKeyboard) this.#events.onHover(ref);
    });
    content.addEventListener("focusout", () => {
      if (this.#byKeyboard) this.#events.onHover(null);
      this.#byKeyboard = false;
    });
    content.addEventListener("keydown", (event) => this.#key(event));
    const redraw = oncePerFrame(() => this.#redraw());
    this.element.addEventListener("scroll", () => {
      if (this.element.scrollTop !== this.#reportedTop) this.#events.onScroll(this.element.scrollTop);
      this.#reportedTop = this.element.scrollTop;
      if (this.#drawing && this.#drawing.texts.length > WHOLE_UP_TO) redraw();
    });
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const ref = refOf(event.target);
    const touch = event instanceof PointerEvent && event.pointerType === "touch";
    if (!ref) return this.#events.onHover(null);
    if (touch) return this.#events.onTap(ref);
    if (event.shiftKey) return this.#events.onPin(ref);
    return this.#events.onToggle(ref);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const ref = refOf(event.target);
    if (!ref || !this.#drawing || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = moveFocus(ref, event.key, this.#drawing.texts.length);
    if (event.key === "Enter") this.#events.onSelect(ref);
    else if (event.key.toLowerCase() === "p") this.#events.onPin(ref);
    else if (event.key === "Escape") this.#events.onEscape();
    else if (next) this.#focus(next);
    else return;
    event.preventDefault();
  }

  /** @param {TokenRef} ref */
  #focus(ref) {
    this.#active = ref;
    this.reveal(ref.token);
    this.#redraw();
    this.#tokens.get(ref.side + ref.token)?.focus({ preventScroll: true });
  }
}
