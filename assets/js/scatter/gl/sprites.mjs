import { patchNumbers } from "../../data/patch_places.mjs";
import { TABLE_WIDTH } from "./shaders.mjs";

/**
 * What stands for the points of images: patches of their pictures, and icons for prefix tokens such as CLS and registers.
 *
 * @typedef {import("../../data/run_data.mjs").RunData} RunData
 * @typedef {import("../../data/run_meta.mjs").TokenTable} TokenTable
 * @typedef {import("./atlas_texels.mjs").Pictures} Pictures
 * @typedef {{table: Uint32Array, pictures: Pictures, grid: [number, number], patches: number, icons: string[]}} Pieces
 *   table: what every vertex shows, [rows * TABLE_WIDTH], a patch, or from ICON on an icon; icons by their texts
 */

/** Numbers from here on are icons. */
export const ICON = 0x80000000;

/** Letters that an icon has room for. */
const LONGEST_NAME = 4;

/** @type {WeakMap<Uint32Array, Pieces>} */
const made = new WeakMap();

/**
 * The pieces of a run; null where there are no pictures.
 *
 * @param {RunData} run
 * @param {TokenTable} tokens
 * @param {Uint32Array} order
 * @returns {Promise<Pieces | null>}
 */
export async function loadPieces(run, tokens, order) {
  const { grid } = tokens;
  const info = run.meta.arrays.pictures;
  if (!grid || !info) return null;
  const pixels = /** @type {Uint8Array} */ (await run.array("pictures"));
  let pieces = made.get(order);
  if (!pieces) {
    const [count, height, width] = info.shape;
    const patches = count * grid[0] * grid[1];
    pieces = { ...pieceTable(tokens, order), pictures: { pixels, width, height }, grid, patches };
    made.set(order, pieces);
  }
  return pieces;
}

/**
 * @param {TokenTable} tokens
 * @param {Uint32Array} order
 * @returns {{table: Uint32Array, icons: string[]}}
 */
export function pieceTable(tokens, order) {
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
 * What an icon says of a prefix token: its name, or its first letter and its number when the name is long.
 *
 * @param {string} text such as `CLS`, `register 3`
 */
export function iconName(text) {
  const name = text.replace(/[^\p{L}\p{N}]/gu, "");
  const number = /\d*$/.exec(name)?.[0] ?? "";
  return (name.length <= LONGEST_NAME ? name : (name[0] ?? "?") + number.slice(1 - LONGEST_NAME)).toUpperCase();
}
