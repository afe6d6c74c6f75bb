/**
 * How the patches of all pictures lie in the pages of a texture: square tiles whose side is a power of two, so that each keeps
 * to itself in the smaller versions of the texture too, down to the one texel that is its mean color.
 *
 * @typedef {{tile: number, columns: number, rows: number, pages: number}} AtlasLayout  side of a tile in texels; tiles of
 *   a page across and down; patch p lies on page p / (columns * rows), there row by row
 * @typedef {{side: number, pages: number}} TextureLimits  of the graphics card: longest side of a page, most pages
 */

/** Texels that all pages may take: 64 MiB, and a third more for the smaller versions. */
const MOST_TEXELS = 16 * 2 ** 20;

/** A patch is never drawn larger than this for long. */
const LARGEST_TILE = 64;

/** Sides of pages beyond this are no use. */
const LONGEST_SIDE = 2048;

/**
 * @param {number} patches
 * @param {{width: number, height: number}} patch pixels
 * @param {TextureLimits} limits
 * @returns {AtlasLayout}
 */
export function atlasLayout(patches, { width, height }, limits) {
  const longest = Math.min(limits.side, LONGEST_SIDE);
  const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, width, height)));
  for (let tile = Math.min(LARGEST_TILE, wanted); ; tile /= 2) {
    const across = Math.floor(longest / tile);
    const pages = Math.max(1, Math.ceil(patches / across ** 2));
    const fits = patches * tile ** 2 <= MOST_TEXELS && pages <= limits.pages;
    if (!fits && tile > 1) continue;
    if (!fits) throw new Error(`${patches} patches are too many for this graphics card; show them as dots.`);
    const onPage = Math.ceil(patches / pages);
    const columns = Math.max(1, Math.min(across, Math.ceil(Math.sqrt(onPage))));
    return { tile, columns, rows: Math.max(1, Math.ceil(onPage / columns)), pages };
  }
}

/**
 * Bytes that the texture takes on the graphics card, smaller versions included.
 *
 * @param {AtlasLayout} layout
 */
export function atlasBytes({ tile, columns, rows, pages }) {
  let bytes = 0;
  for (let side = tile; side >= 1; side /= 2) bytes += 4 * side * side * columns * rows * pages;
  return bytes;
}
