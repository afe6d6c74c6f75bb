/** The pixels of a picture as something that can be drawn. */

import { html } from "./elements.mjs";

/** @typedef {{bytes: Uint8Array, width: number, height: number}} Pixels red, green and blue of every pixel, row by row */

/**
 * @param {Uint8Array} bytes [pixels * 3], red, green, blue
 * @returns {Uint8ClampedArray<ArrayBuffer>} [pixels * 4], with an opaque fourth
 */
export function withOpacity(bytes) {
  const colored = new Uint8ClampedArray((bytes.length / 3) * 4).fill(255);
  for (let pixel = 0; pixel < bytes.length / 3; pixel++) {
    for (let part = 0; part < 3; part++) colored[4 * pixel + part] = bytes[3 * pixel + part];
  }
  return colored;
}

/**
 * @param {Pixels} pixels
 * @returns {HTMLCanvasElement} of the picture's own size
 */
export function pictureOf({ bytes, width, height }) {
  const canvas = emptyPicture({ width, height });
  canvas.getContext("2d")?.putImageData(new ImageData(withOpacity(bytes), width, height), 0, 0);
  return canvas;
}

/**
 * @param {{width: number, height: number}} size
 * @returns {HTMLCanvasElement} a transparent picture
 */
export function emptyPicture({ width, height }) {
  return html("canvas", { width: String(width), height: String(height) });
}
