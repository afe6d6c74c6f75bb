/**
 * The elements inside the stage, from bottom to top: frames, points (WebGL), labels and lines, headings, tooltip, and the grid of
 * heads for keyboard and screen readers.
 *
 * @typedef {{under: HTMLCanvasElement, points: HTMLCanvasElement, over: HTMLCanvasElement, headings: HTMLElement,
 *   tooltip: HTMLElement, grid: HTMLElement, fallback: HTMLImageElement}} StageParts
 */

/**
 * Fill the stage with its elements.
 *
 * @param {HTMLElement} stage
 * @returns {StageParts}
 */
export function buildStage(stage) {
  stage.classList.add("av-stage");
  const parts = {
    under: part("canvas", "av-under"),
    points: part("canvas", "av-points"),
    over: part("canvas", "av-over"),
    headings: part("div", "av-headings"),
    tooltip: part("div", "av-tooltip"),
    fallback: part("img", "av-fallback"),
    grid: part("div", "av-grid"),
  };
  parts.under.setAttribute("aria-hidden", "true");
  parts.points.setAttribute("aria-hidden", "true");
  parts.over.setAttribute("aria-hidden", "true");
  parts.headings.setAttribute("aria-hidden", "true");
  parts.tooltip.setAttribute("role", "tooltip");
  parts.tooltip.hidden = true;
  parts.fallback.hidden = true;
  stage.replaceChildren(
    parts.under,
    parts.points,
    parts.over,
    parts.headings,
    parts.fallback,
    parts.tooltip,
    parts.grid,
  );
  return parts;
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} name
 * @returns {HTMLElementTagNameMap[Tag]}
 */
function part(tag, name) {
  const element = document.createElement(tag);
  element.className = name;
  return element;
}

/**
 * Set the resolution of a canvas to the device pixels of the stage.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {{width: number, height: number}} stage CSS pixels
 * @param {number} pixelRatio
 */
export function sizeCanvas(canvas, { width, height }, pixelRatio) {
  const [w, h] = [Math.max(1, Math.round(width * pixelRatio)), Math.max(1, Math.round(height * pixelRatio))];
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
}

/**
 * Return the cleared 2D context of a canvas, in CSS pixels.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {number} pixelRatio
 * @returns {CanvasRenderingContext2D}
 */
export function clearedContext(canvas, pixelRatio) {
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser cannot create more canvases. Close some tabs and reload the page.");
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  return context;
}

/**
 * Redraw a 2D canvas. Chromium sometimes keeps the old pixels of a canvas that was only cleared, so an empty one is
 * hidden.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {number} pixelRatio
 * @param {(context: CanvasRenderingContext2D) => boolean} draw returns whether it drew anything
 */
export function redraw(canvas, pixelRatio, draw) {
  canvas.style.visibility = draw(clearedContext(canvas, pixelRatio)) ? "visible" : "hidden";
}

/**
 * Call back when the element's size or the pixel ratio changes.
 *
 * @param {HTMLElement} element
 * @param {() => void} changed
 * @returns {() => void} stops watching
 */
export function watchSize(element, changed) {
  const observer = new ResizeObserver(changed);
  observer.observe(element);
  const controller = new AbortController();
  const watchRatio = () => {
    const query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    const next = () => {
      if (controller.signal.aborted) return;
      changed();
      watchRatio();
    };
    query.addEventListener("change", next, { once: true, signal: controller.signal });
  };
  watchRatio();
  return () => {
    observer.disconnect();
    controller.abort();
  };
}
