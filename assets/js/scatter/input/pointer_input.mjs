/**
 * Gestures of mouse, pen, touch and wheel on one element, in pixels from its upper left corner.
 *
 * @typedef {[number, number]} StagePoint
 * @typedef {{shift: boolean, secondary: boolean}} Modifiers  secondary: the right button
 * @typedef {object} Gestures
 * @property {(place: StagePoint, modifiers: Modifiers) => void} onDragStart  once the pointer has moved far enough
 * @property {(place: StagePoint, dx: number, dy: number) => void} onDrag
 * @property {(place: StagePoint) => void} onDragEnd
 * @property {(place: StagePoint) => void} onClick
 * @property {(place: StagePoint) => void} onDoubleClick
 * @property {(place: StagePoint) => void} onHover
 * @property {() => void} onLeave
 * @property {(factor: number, place: StagePoint) => void} onZoom
 * @property {(dx: number, dy: number) => void} onPinchMove  two fingers moved together
 */

/** A drag starts after this many pixels; less is a click. */
const THRESHOLD = 4;

/** Two clicks within this time are a double click, in milliseconds. */
const DOUBLE = 350;

export class PointerInput {
  #element;
  #gestures;
  #controller = new AbortController();
  /** @type {Map<number, StagePoint>} pressed pointers */
  #pressed = new Map();
  /** @type {{start: StagePoint, modifiers: Modifiers, moved: boolean} | null} */
  #drag = null;
  #lastClick = { time: -Infinity, place: /** @type {StagePoint} */ ([0, 0]) };

  /**
   * @param {HTMLElement} element
   * @param {Gestures} gestures
   */
  constructor(element, gestures) {
    this.#element = element;
    this.#gestures = gestures;
    const { signal } = this.#controller;
    element.addEventListener("pointerdown", (event) => this.#down(event), { signal });
    element.addEventListener("pointermove", (event) => this.#move(event), { signal });
    element.addEventListener("pointerup", (event) => this.#up(event, true), { signal });
    element.addEventListener("pointercancel", (event) => this.#up(event, false), { signal });
    element.addEventListener("pointerleave", () => this.#pressed.size === 0 && gestures.onLeave(), { signal });
    element.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
    element.addEventListener("wheel", (event) => this.#wheel(event), { signal, passive: false });
  }

  dispose() {
    this.#controller.abort();
  }

  /** @param {MouseEvent} event @returns {StagePoint} */
  #place(event) {
    const { left, top } = this.#element.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.pointerType === "mouse" && event.button !== 0 && event.button !== 2) return;
    this.#element.setPointerCapture(event.pointerId);
    this.#pressed.set(event.pointerId, this.#place(event));
    if (this.#pressed.size === 1) {
      this.#drag = {
        start: this.#place(event),
        modifiers: { shift: event.shiftKey, secondary: event.button === 2 },
        moved: false,
      };
    } else if (this.#drag) {
      if (this.#drag.moved) this.#gestures.onDragEnd(this.#place(event));
      this.#drag = null;
    }
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const place = this.#place(event);
    const before = this.#pressed.get(event.pointerId);
    if (!before) {
      if (this.#pressed.size === 0) this.#gestures.onHover(place);
      return;
    }
    if (this.#pressed.size === 2) this.#pinch(event.pointerId, place);
    else if (this.#drag) this.#dragTo(place, before);
    this.#pressed.set(event.pointerId, place);
  }

  /**
   * @param {StagePoint} place
   * @param {StagePoint} before
   */
  #dragTo(place, before) {
    const drag = this.#drag;
    if (!drag) return;
    if (drag.moved) {
      this.#gestures.onDrag(place, place[0] - before[0], place[1] - before[1]);
      return;
    }
    const [dx, dy] = [place[0] - drag.start[0], place[1] - drag.start[1]];
    if (Math.hypot(dx, dy) < THRESHOLD) return;
    drag.moved = true;
    this.#gestures.onDragStart(drag.start, drag.modifiers);
    this.#gestures.onDrag(place, dx, dy);
  }

  /**
   * @param {number} id
   * @param {StagePoint} place
   */
  #pinch(id, place) {
    const [other] = [...this.#pressed].filter(([pressed]) => pressed !== id).map(([, at]) => at);
    const before = /** @type {StagePoint} */ (this.#pressed.get(id));
    const spread = Math.hypot(before[0] - other[0], before[1] - other[1]);
    const middle = /** @type {StagePoint} */ ([(place[0] + other[0]) / 2, (place[1] + other[1]) / 2]);
    this.#gestures.onPinchMove((place[0] - before[0]) / 2, (place[1] - before[1]) / 2);
    if (spread > 0) this.#gestures.onZoom(Math.hypot(place[0] - other[0], place[1] - other[1]) / spread, middle);
  }

  /**
   * @param {PointerEvent} event
   * @param {boolean} finished false when the browser took the pointer away
   */
  #up(event, finished) {
    if (!this.#pressed.delete(event.pointerId)) return;
    const drag = this.#drag;
    if (this.#pressed.size === 0) this.#drag = null;
    if (!drag) return;
    if (drag.moved) this.#gestures.onDragEnd(this.#place(event));
    else if (finished && !drag.modifiers.secondary) this.#click(drag.start, event.timeStamp);
  }

  /**
   * @param {StagePoint} place
   * @param {number} time
   */
  #click(place, time) {
    const last = this.#lastClick;
    const near = Math.hypot(place[0] - last.place[0], place[1] - last.place[1]) < 2 * THRESHOLD;
    const double = near && time - last.time < DOUBLE;
    this.#lastClick = { time: double ? -Infinity : time, place };
    if (double) this.#gestures.onDoubleClick(place);
    else this.#gestures.onClick(place);
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
    const speed = event.ctrlKey ? 0.01 : 0.0015;
    this.#gestures.onZoom(Math.exp(-pixels * speed), this.#place(event));
  }
}
