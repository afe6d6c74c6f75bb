import { clearedContext, sizeCanvas } from "../overlay/stage_dom.mjs";
import { LABEL_FONT } from "../overlay/labels.mjs";
import { placeHeadings } from "../overlay/headings.mjs";

/**
 * @typedef {import("../composition.mjs").Composition} Composition
 * @typedef {import("../gl/point_surface.mjs").PointSurface} PointSurface
 */

/** Longest side, in pixels: some graphics cards reject larger canvases. */
const LONGEST = 8192;

/**
 * Export the stage as PNG. This resizes the canvas of the points: repaint afterwards.
 *
 * @param {Composition} composition
 * @param {PointSurface} surface
 * @param {HTMLCanvasElement} points canvas of the surface
 * @param {number} scale device pixels for a CSS pixel
 * @returns {Promise<Blob>}
 */
export async function exportPng(composition, surface, points, scale) {
  const { stage } = composition.viewpoint;
  const ratio = Math.min(scale, LONGEST / Math.max(stage.width, stage.height));
  const canvas = document.createElement("canvas");
  sizeCanvas(canvas, stage, ratio);
  const context = clearedContext(canvas, ratio);
  context.fillStyle = composition.theme.background;
  context.fillRect(0, 0, stage.width, stage.height);
  composition.drawUnder(context);
  sizeCanvas(points, stage, ratio);
  surface.draw(composition.pointFrame(ratio));
  context.drawImage(points, 0, 0, stage.width, stage.height);
  composition.drawOver(context);
  drawHeadings(context, composition);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) =>
        blob ? resolve(blob) : reject(new Error("The picture is too large for this browser. Make the window smaller.")),
      "image/png",
    );
  });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Composition} composition
 */
function drawHeadings(context, { viewpoint, theme, picture }) {
  if (viewpoint.head) return;
  context.font = `500 11px ${LABEL_FONT.slice(LABEL_FONT.indexOf(" ") + 1)}`;
  context.fillStyle = theme.text;
  context.textBaseline = "middle";
  for (const { text, x, y, align } of placeHeadings(viewpoint, picture?.run.meta.model)) {
    context.textAlign = align === "end" ? "end" : "center";
    context.fillText(text, x - (align === "end" ? 4 : 0), y);
  }
}
