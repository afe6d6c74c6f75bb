/** Where picture, patches and the boxes of prefix tokens are. Pixels from the upper left corner of the stage. */

import { patchAt, tokenCount } from "./patch_grid.mjs";

/** @typedef {import("./patch_grid.mjs").PatchGrid} PatchGrid */
/** @typedef {Readonly<{x: number, y: number, width: number, height: number}>} Area */
/**
 * @typedef {Readonly<{grid: PatchGrid, picture: Area, prefix: readonly Area[], width: number, height: number}>} StageLayout
 *   `prefix` has an area for every prefix token
 */

const BOX_WIDTH = 56;
const BOX_HEIGHT = 48;
const SMALLEST_BOX = 20;
const GAP = 8;
const MARGIN = 4;

/**
 * Fit the picture into the stage, with a column of boxes for prefix tokens to its left.
 *
 * @param {PatchGrid} grid
 * @param {{width: number, height: number}} pixels of the picture; only their ratio counts
 * @param {{width: number, height: number}} room
 * @returns {StageLayout} with whole pixels for every patch
 */
export function layOutStage(grid, pixels, room) {
  const left = MARGIN + (grid.nPrefix > 0 ? BOX_WIDTH + GAP : 0);
  const scale = Math.min((room.width - left - MARGIN) / pixels.width, (room.height - 2 * MARGIN) / pixels.height);
  const width = grid.columns * Math.max(1, Math.floor((pixels.width * scale) / grid.columns));
  const height = grid.rows * Math.max(1, Math.floor((pixels.height * scale) / grid.rows));
  const each = Math.floor((height + GAP) / Math.max(1, grid.nPrefix)) - GAP;
  const boxHeight = Math.max(SMALLEST_BOX, Math.min(BOX_HEIGHT, each));
  const prefix = Array.from({ length: grid.nPrefix }, (_, token) => ({
    x: MARGIN,
    y: MARGIN + token * (boxHeight + GAP),
    width: BOX_WIDTH,
    height: boxHeight,
  }));
  const bottom = Math.max(height, grid.nPrefix * (boxHeight + GAP) - GAP);
  const picture = { x: left, y: MARGIN, width, height };
  return { grid, picture, prefix, width: left + width + MARGIN, height: bottom + 2 * MARGIN };
}

/**
 * @param {StageLayout} layout
 * @param {number} token
 * @returns {Area} of a patch, or of a prefix token's box
 */
export function areaOf({ grid, picture, prefix }, token) {
  const patch = patchAt(grid, token);
  if (!patch) return prefix[token];
  const [width, height] = [picture.width / grid.columns, picture.height / grid.rows];
  return { x: picture.x + patch.column * width, y: picture.y + patch.row * height, width, height };
}

/**
 * @param {StageLayout} layout
 * @param {number} x
 * @param {number} y
 * @returns {number|null} the token there
 */
export function tokenAt(layout, x, y) {
  const { grid, picture } = layout;
  if (inside(picture, x, y)) {
    const row = Math.floor(((y - picture.y) / picture.height) * grid.rows);
    const column = Math.floor(((x - picture.x) / picture.width) * grid.columns);
    return Math.min(tokenCount(grid) - 1, grid.nPrefix + row * grid.columns + column);
  }
  const box = layout.prefix.findIndex((area) => inside(area, x, y));
  return box >= 0 ? box : null;
}

/**
 * @param {Area} area
 * @param {number} x
 * @param {number} y
 * @returns {boolean}
 */
function inside(area, x, y) {
  return x >= area.x && y >= area.y && x < area.x + area.width && y < area.y + area.height;
}
