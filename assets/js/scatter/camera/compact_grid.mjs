/**
 * Grid of selected heads in a custom order, with the largest cells that fit; each under a heading.
 *
 * World units are cells, as in the whole matrix. Headings take `pitch.y - 1` cells between two rows.
 *
 * @typedef {{heads: readonly number[], columns: number, rows: number, pitch: {x: number, y: number},
 *   placeOf: ReadonlyMap<number, number>}} CompactGrid  heads counted row by row over the model; placeOf is their inverse
 */

/** Height of a heading, in pixels. */
export const HEADING = 22;

/** Smallest cell with a heading, in pixels. */
export const SMALLEST_NAMED = 48;

/** Gap between two columns, in cells. */
const GAP = 0.06;

/** Position of heads outside the grid: a head in Single View may be one, and moves to this side when it closes. */
const ELSEWHERE = /** @type {[number, number]} */ ([-3, 0]);

/**
 * @param {readonly number[]} heads at least one, each once
 * @param {{width: number, height: number}} room pixels for the grid
 * @returns {CompactGrid}
 */
export function compactGrid(heads, room) {
  const named = bestColumns(heads.length, room, HEADING);
  const heading = named.size >= SMALLEST_NAMED ? HEADING : 0;
  const { columns, size } = heading > 0 ? named : bestColumns(heads.length, room, 0);
  return {
    heads,
    columns,
    rows: Math.ceil(heads.length / columns),
    pitch: { x: 1 + GAP, y: 1 + heading / size },
    placeOf: new Map(heads.map((head, place) => [head, place])),
  };
}

/**
 * Extent of a grid, in cells.
 *
 * @param {CompactGrid} grid
 */
export function compactExtent({ columns, rows, pitch }) {
  return { width: columns * pitch.x - GAP, height: rows * pitch.y };
}

/**
 * Upper left corner of a head's cell.
 *
 * @param {CompactGrid} grid
 * @param {number} head
 * @returns {[number, number]}
 */
export function compactOrigin({ placeOf, columns, pitch }, head) {
  const place = placeOf.get(head);
  if (place === undefined) return [...ELSEWHERE];
  return [(place % columns) * pitch.x, Math.floor(place / columns) * pitch.y + pitch.y - 1];
}

/**
 * Find the head whose cell or heading contains a position.
 *
 * @param {CompactGrid} grid
 * @param {number} x
 * @param {number} y
 * @returns {number | null}
 */
export function compactHeadAt({ heads, columns, pitch }, x, y) {
  const [column, row] = [Math.floor(x / pitch.x), Math.floor(y / pitch.y)];
  const inside = column >= 0 && column < columns && row >= 0 && x - column * pitch.x < 1;
  return inside ? (heads[row * columns + column] ?? null) : null;
}

/**
 * Find the number of columns with the largest cells, and their side in pixels.
 *
 * @param {number} count
 * @param {{width: number, height: number}} room
 * @param {number} heading
 */
function bestColumns(count, room, heading) {
  let best = { columns: 1, size: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const size = Math.min(room.width / (columns * (1 + GAP) - GAP), room.height / rows - heading);
    if (size > best.size) best = { columns, size };
  }
  return best;
}
