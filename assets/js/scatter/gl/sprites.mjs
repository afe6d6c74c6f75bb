import { patchNumbers } from "../../data/patches.mjs";
import { ICON_SIDE, TABLE_WIDTH } from "./shaders.mjs";

/**
 * Sprites of the points of images: patches of their pictures, and icons for prefix tokens such as CLS and registers.
 *
 * @typedef {import("../../data/run_data.mjs").RunData} RunData
 * @typedef {import("../../data/run_meta.mjs").TokenTable} TokenTable
 * @typedef {import("./atlas.mjs").Pictures} Pictures
 * @typedef {{table: Uint32Array, pictures: Pictures, grid: [number, number], patches: number, icons: string[]}} Sprites
 *   table: [rows * TABLE_WIDTH] patch of every vertex, or ICON + index of an icon; icons: their texts
 */

/** First number of icons in the table. */
export const ICON = 0x80000000;

/** Longest name on an icon, in characters. */
const LONGEST_NAME = 4;

/** Width of an icon's text in texels. */
const TEXT_WIDTH = 54;

/** @type {WeakMap<Uint32Array, Sprites>} */
const made = new WeakMap();

/**
 * Load the sprites of a run.
 *
 * @param {RunData} run
 * @param {TokenTable} tokens
 * @param {Uint32Array} order
 * @returns {Promise<Sprites | null>} null for a run without pictures
 */
export async function loadSprites(run, tokens, order) {
  const { grid } = tokens;
  const info = run.meta.arrays.pictures;
  if (!grid || !info) return null;
  const pixels = /** @type {Uint8Array} */ (await run.array("pictures"));
  let sprites = made.get(order);
  if (!sprites) {
    const [count, height, width] = info.shape;
    const patches = count * grid[0] * grid[1];
    sprites = { ...spriteTable(tokens, order), pictures: { pixels, width, height }, grid, patches };
    made.set(order, sprites);
  }
  return sprites;
}

/**
 * @param {TokenTable} tokens
 * @param {Uint32Array} order
 * @returns {{table: Uint32Array, icons: string[]}}
 */
export function spriteTable(tokens, order) {
  const patches = patchNumbers(tokens);
  const icons = [...new Set(tokens.texts.filter((_, token) => patches[token] < 0).map(iconName))];
  const table = new Uint32Array(Math.ceil(order.length / TABLE_WIDTH) * TABLE_WIDTH);
  for (let vertex = 0; vertex < order.length; vertex++) {
    const token = order[vertex] % patches.length;
    table[vertex] = patches[token] >= 0 ? patches[token] : ICON + icons.indexOf(iconName(tokens.texts[token]));
  }
  return { table, icons };
}

/**
 * Text on the icon of a prefix token: its name, or its first letter and its number when the name is long.
 *
 * @param {string} text such as `CLS`, `register 3`
 */
export function iconName(text) {
  const name = text.replace(/[^\p{L}\p{N}]/gu, "");
  const number = /\d*$/.exec(name)?.[0] ?? "";
  return (name.length <= LONGEST_NAME ? name : (name[0] ?? "?") + number.slice(1 - LONGEST_NAME)).toUpperCase();
}

/**
 * Draw icons: short names as masks, white on black.
 *
 * @param {readonly string[]} names
 * @returns {Uint8Array} [names, ICON_SIDE, ICON_SIDE], 255 where the text is
 */
export function iconMasks(names) {
  const masks = new Uint8Array(names.length * ICON_SIDE * ICON_SIDE);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = ICON_SIDE;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return masks;
  for (const [index, name] of names.entries()) {
    context.fillStyle = "#000";
    context.fillRect(0, 0, ICON_SIDE, ICON_SIDE);
    context.font = "700 30px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";
    const size = Math.min(44, (30 * TEXT_WIDTH) / context.measureText(name).width);
    context.font = context.font.replace("30px", `${size}px`);
    context.fillStyle = "#fff";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(name, ICON_SIDE / 2, ICON_SIDE / 2 + 0.06 * size);
    const { data } = context.getImageData(0, 0, ICON_SIDE, ICON_SIDE);
    for (let at = 0; at < ICON_SIDE * ICON_SIDE; at++) masks[index * ICON_SIDE * ICON_SIDE + at] = data[4 * at];
  }
  return masks;
}
