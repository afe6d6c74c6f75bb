import { Headings, placeHeadings } from "./headings.mjs";
import { Motion } from "./motion.mjs";
import { redraw, sizeCanvas, watchSize } from "./stage_dom.mjs";

/**
 * @typedef {import("./composition.mjs").Composition} Composition
 * @typedef {import("./point_surface.mjs").PointSurface} PointSurface
 * @typedef {import("./stage_dom.mjs").StageParts} StageParts
 * @typedef {import("./cells.mjs").Head} Head
 */

/** Brings the composition onto the stage: at most once a frame, as often as a moving camera needs. */
export class Painter {
  #stage;
  #parts;
  #composition;
  #surface;
  #headings;
  #stopWatching;
  /** @type {Motion | null} */
  #motion = null;
  #frame = 0;
  /** @type {(() => void)[]} */
  #whenPainted = [];

  /**
   * @param {HTMLElement} stage
   * @param {StageParts} parts
   * @param {Composition} composition
   * @param {PointSurface} surface
   */
  constructor(stage, parts, composition, surface) {
    this.#stage = stage;
    this.#parts = parts;
    this.#composition = composition;
    this.#surface = surface;
    this.#headings = new Headings(parts.headings);
    this.#stopWatching = watchSize(stage, () => this.#resized());
  }

  /** Whether nothing is left to be painted. */
  get idle() {
    return this.#frame === 0 && this.#motion === null;
  }

  /** Lays the cells of a model out on the stage as it is now. */
  arrange() {
    const { picture, viewpoint } = this.#composition;
    if (!picture) return;
    const { n_layers, n_heads } = picture.run.meta.model;
    viewpoint.arrange(n_layers, n_heads, { width: Math.max(1, this.#stage.clientWidth), height: Math.max(1, this.#stage.clientHeight) });
  }

  /**
   * Moves the camera home from where it is, in sight of one head.
   *
   * @param {Head} companion
   * @param {boolean} leaving whether its neighbours fade out, or in
   */
  moveHome(companion, leaving) {
    this.#motion = new Motion(this.#composition.viewpoint.camera, companion, leaving);
    this.#composition.companion = { head: companion, share: leaving ? 1 : 0 };
  }

  /** Ends a movement of the camera at its goal. */
  stopMotion() {
    if (this.#motion) this.#composition.viewpoint.approachHome(this.#motion.from, 1);
    this.#motion = null;
    this.#composition.companion = null;
  }

  /** @returns {Promise<void>} once everything is on the stage */
  painted() {
    return new Promise((resolve) => {
      this.#whenPainted.push(resolve);
      this.request();
    });
  }

  /** Asks for a new picture. A page in the background gets no frames of animation, so it is painted at once. */
  request() {
    if (this.#frame !== 0) return;
    if (document.hidden) this.#paint();
    else this.#frame = requestAnimationFrame(() => this.#paint());
  }

  dispose() {
    cancelAnimationFrame(this.#frame);
    this.#stopWatching();
    this.#settle();
  }

  #resized() {
    if (!this.#composition.picture) return;
    this.stopMotion();
    this.arrange();
    this.#paint();
  }

  #paint() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const composition = this.#composition;
    const { viewpoint } = composition;
    if (!composition.picture) return;
    this.#advance();
    const pixelRatio = devicePixelRatio;
    for (const canvas of [this.#parts.under, this.#parts.points, this.#parts.over]) sizeCanvas(canvas, viewpoint.stage, pixelRatio);
    this.#surface.draw(composition.pointFrame(pixelRatio));
    redraw(this.#parts.under, pixelRatio, (context) => composition.drawUnder(context));
    redraw(this.#parts.over, pixelRatio, (context) => composition.drawOver(context));
    const background = `color-mix(in srgb, ${composition.theme.background} 82%, transparent)`;
    this.#headings.show(viewpoint.head ? [] : placeHeadings(viewpoint), background);
    if (this.#motion) this.request();
    else this.#settle();
  }

  #advance() {
    const motion = this.#motion;
    if (!motion) return;
    const t = document.hidden ? 1 : motion.progress(performance.now());
    this.#composition.viewpoint.approachHome(motion.from, t);
    this.#composition.companion = { head: motion.companion, share: motion.leaving ? 1 - t : t };
    if (t >= 1) this.stopMotion();
  }

  #settle() {
    for (const resolve of this.#whenPainted.splice(0)) resolve();
  }
}
