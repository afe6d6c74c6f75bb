/** How long an action takes until its pixels are there. */

/**
 * Waits for the graphics card, or for the software in its place: reading one pixel back needs everything drawn before.
 *
 * @param {Iterable<HTMLCanvasElement>} canvases
 */
function settle(canvases) {
  for (const canvas of canvases) {
    const gl = canvas.getContext("webgl2") ?? canvas.getContext("webgl");
    gl?.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
  }
}

/**
 * Waits for what the page has still to draw: left alone, that would be counted to the next action, of whichever page.
 *
 * @param {Iterable<HTMLCanvasElement>} canvases
 */
export async function settled(canvases) {
  await nextFrame();
  await nextFrame();
  settle(canvases);
}

/**
 * @param {() => unknown} action
 * @param {() => Iterable<HTMLCanvasElement>} canvases asked for after the action
 * @returns {Promise<number>} milliseconds
 */
export async function timed(action, canvases) {
  await settled(canvases());
  const start = performance.now();
  await action();
  settle(canvases());
  return performance.now() - start;
}

/** @returns {Promise<void>} once what was asked for in this frame has been drawn */
export function nextFrame() {
  return new Promise((resolve) => requestAnimationFrame(() => resolve()));
}
