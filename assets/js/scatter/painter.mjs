import { Headings, placeHeadings } from "./overlay/headings.mjs";
import { Motion } from "./motion.mjs";
import { redraw, sizeCanvas, watchSize } from "./overlay/stage_dom.mjs";
import { sameHeads } from "./camera/viewpoint.mjs";

/**
 * @typedef {import("./composition.mjs").Composition} Composition
 * @typedef {import("./gl/point_surface.mjs").PointSurface} PointSurface
 * @typedef {import("./overlay/stage_dom.mjs").StageParts} StageParts
 * @typedef {import("./picture.mjs").Picture} Picture
 * @typedef {import("./camera/viewpoint.mjs").Arrangement} Arrangement
 */

/** Paints the composition on the stage, at most once per frame, and moves the camera. */
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

  /** Whether no frame is pending. */
  get idle() {
    return this.#frame === 0 && this.#motion === null;
  }

  /**
   * Show a picture. The camera moves between the matrix and one of its heads, else it jumps. The zoom stays while the same
   * points are shown.
   *
   * @param {Picture} picture
   * @param {Arrangement | null} arrangement heads in a custom order; null for the whole matrix
   */
  enter(picture, arrangement) {
    const { viewpoint, picture: before } = this.#composition;
    const left = viewpoint.head;
    const entered = picture.head;
    this.#composition.picture = picture;
    viewpoint.head = entered;
    viewpoint.spatial = picture.view.dims === 3;
    if (before?.run.meta.run !== picture.run.meta.run) {
      this.stopMotion();
      this.#arrange(picture, arrangement);
      viewpoint.reset();
      return;
    }
    if (sameHeads(viewpoint.arrangement?.heads, arrangement?.heads)) {
      viewpoint.arrangement = arrangement;
    } else {
      this.stopMotion();
      this.#arrange(picture, arrangement);
    }
    const sameHead = left?.layer === entered?.layer && left?.head === entered?.head;
    const companion = left ?? entered;
    if (!sameHead && companion && (left === null || entered === null)) {
      this.#motion = new Motion(viewpoint.camera, companion, entered !== null);
      this.#composition.companion = { head: companion, share: entered ? 1 : 0 };
    } else if (!sameHead || (entered && before.cloud.coords !== picture.cloud.coords)) {
      this.stopMotion();
      viewpoint.camera = viewpoint.home;
    }
  }

  /** Finish a movement of the camera. */
  stopMotion() {
    if (this.#motion) this.#composition.viewpoint.approachHome(this.#motion.from, 1);
    this.#motion = null;
    this.#composition.companion = null;
  }

  /** @returns {Promise<void>} once all changes are painted */
  painted() {
    return new Promise((resolve) => {
      this.#whenPainted.push(resolve);
      this.request();
    });
  }

  /** Request a repaint. A page in the background has no animation frames, so it is painted at once. */
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
    const { picture } = this.#composition;
    if (!picture) return;
    this.stopMotion();
    this.#arrange(picture, this.#composition.viewpoint.arrangement);
    this.#paint();
  }

  /**
   * Lay out the cells of a model for the current stage size.
   *
   * @param {Picture} picture
   * @param {Arrangement | null} arrangement
   */
  #arrange({ run }, arrangement) {
    const { n_layers, n_heads } = run.meta.model;
    const stage = { width: Math.max(1, this.#stage.clientWidth), height: Math.max(1, this.#stage.clientHeight) };
    this.#composition.viewpoint.arrange(n_layers, n_heads, stage, arrangement);
  }

  #paint() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const composition = this.#composition;
    const { viewpoint } = composition;
    if (!composition.picture) return;
    this.#advance();
    const pixelRatio = devicePixelRatio;
    for (const canvas of [this.#parts.under, this.#parts.points, this.#parts.over])
      sizeCanvas(canvas, viewpoint.stage, pixelRatio);
    this.#surface.draw(composition.pointFrame(pixelRatio));
    redraw(this.#parts.under, pixelRatio, (context) => composition.drawUnder(context));
    redraw(this.#parts.over, pixelRatio, (context) => composition.drawOver(context));
    const background = `color-mix(in srgb, ${composition.theme.background} 82%, transparent)`;
    this.#headings.show(viewpoint.head ? [] : placeHeadings(viewpoint, composition.picture.run.meta.model), background);
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
