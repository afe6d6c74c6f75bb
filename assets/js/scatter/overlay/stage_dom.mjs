/**
 * The elements inside the stage, from bottom to top: frames, points (WebGL), labels and lines, headings, tooltip, and the grid of
 * heads for keyboard and screen readers.
 *
 * @typedef {{under: HTMLCanvasElement, points: HTMLCanvasElement, over: HTMLCanvasElement, headings: HTMLElement,
 *   tooltip: HTMLElement, grid: HTMLElement, fallback: HTMLImageElement}} StageParts
 */

const STYLE = `
.av-stage { position: relative; overflow: hidden; }
.av-stage > canvas { position: absolute; inset: 0; width: 100%; height: 100%; display: block; }
.av-points { touch-action: none; cursor: pointer; }
.av-points[data-over="ground"] { cursor: grab; }
.av-points[data-gesture="dragging"] { cursor: grabbing; }
.av-points[data-gesture="region"] { cursor: crosshair; }
.av-over, .av-headings { pointer-events: none; }
.av-headings { position: absolute; inset: 0; overflow: hidden; font: 500 11px/16px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  color: var(--av-text, currentColor); }
.av-headings > span { position: absolute; left: 0; top: 0; white-space: nowrap; opacity: 0.72; will-change: transform;
  padding: 0 4px; border-radius: 4px; font-variant-numeric: tabular-nums; }
.av-tooltip { position: absolute; left: 0; top: 0; max-width: 280px; padding: 6px 10px; border-radius: 6px; pointer-events: none;
  font: 12px/17px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: var(--av-tooltip-text, #f5f7fa);
  background: var(--av-tooltip, rgb(31 41 51 / 0.94)); box-shadow: 0 2px 10px rgb(0 0 0 / 0.18); overflow-wrap: anywhere; }
.av-tooltip[hidden], .av-fallback[hidden] { display: none; }
.av-tooltip > div:first-child { font-weight: 600; }
.av-tooltip > div + div { opacity: 0.85; }
.av-fallback { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; }
.av-stage:has(.av-grid :focus-visible)::after { content: ""; position: absolute; inset: 0; pointer-events: none;
  border-radius: inherit; box-shadow: inset 0 0 0 2px var(--av-focus, #2563eb); }
.av-grid { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`;

/** @type {CSSStyleSheet | null} */
let sheet = null;

/**
 * Fills the stage.
 *
 * @param {HTMLElement} stage
 * @returns {StageParts}
 */
export function buildStage(stage) {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }
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
 * Gives a canvas as many pixels as the screen shows of it.
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
 * An empty flat canvas whose unit is a CSS pixel.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {number} pixelRatio
 * @returns {CanvasRenderingContext2D}
 */
export function clearedContext(canvas, pixelRatio) {
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser gives no more canvases; close some tabs and reload the page.");
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  return context;
}

/**
 * Draws on a flat canvas anew. Chromium sometimes keeps the old picture of a canvas that was only cleared, so one without a
 * picture is hidden.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {number} pixelRatio
 * @param {(context: CanvasRenderingContext2D) => boolean} draw tells whether it drew anything
 */
export function redraw(canvas, pixelRatio, draw) {
  canvas.style.visibility = draw(clearedContext(canvas, pixelRatio)) ? "visible" : "hidden";
}

/**
 * Calls back when the element's size or the screen's pixel ratio changes.
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
