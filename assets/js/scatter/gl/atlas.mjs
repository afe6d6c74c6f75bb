/**
 * The texture of all patches: square tiles whose side is a power of two, so that every mipmap level keeps patches
 * apart, down to one texel with the mean color.
 *
 * @typedef {{tile: number, columns: number, rows: number, pages: number}} AtlasLayout  side of a tile in texels; tiles of
 *   a page across and down; patch p is on page p / (columns * rows), there row by row
 * @typedef {{side: number, pages: number}} TextureLimits  of the graphics card: longest side of a page, most pages
 * @typedef {{pixels: Uint8Array, width: number, height: number}} Pictures  [n, height, width, 3], red, green, blue
 * @typedef {{from: number, weights: number[]}} Tap  source pixels of a texel along one axis
 */

/** Texels of all pages together: 64 MiB, and a third more for the mipmap levels. */
const MOST_TEXELS = 16 * 2 ** 20;

/** Longest side of a tile; patches are rarely drawn larger. */
const LARGEST_TILE = 64;

/** Longest side of a page. */
const LONGEST_SIDE = 2048;

/**
 * Choose the largest tiles that fit the graphics card.
 *
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
    if (!fits) throw new Error(`${patches} patches do not fit this graphics card; show them as dots.`);
    const onPage = Math.ceil(patches / pages);
    const columns = Math.max(1, Math.min(across, Math.ceil(Math.sqrt(onPage))));
    return { tile, columns, rows: Math.max(1, Math.ceil(onPage / columns)), pages };
  }
}

/**
 * Compute the bytes of the texture on the graphics card, mipmap levels included.
 *
 * @param {AtlasLayout} layout
 */
export function atlasBytes({ tile, columns, rows, pages }) {
  let bytes = 0;
  for (let side = tile; side >= 1; side /= 2) bytes += 4 * side * side * columns * rows * pages;
  return bytes;
}

/**
 * Compute the texels of one page. Patches larger than a tile are averaged, smaller ones interpolated.
 *
 * @param {Pictures} pictures
 * @param {readonly [number, number]} grid rows and columns of patches in a picture
 * @param {AtlasLayout} layout
 * @param {number} page
 * @returns {Uint8Array} [rows * tile, columns * tile, 4]
 */
export function pageTexels({ pixels, width, height }, [gridRows, gridColumns], layout, page) {
  const { tile, columns, rows } = layout;
  const [patchWidth, patchHeight] = [Math.floor(width / gridColumns), Math.floor(height / gridRows)];
  const perPicture = gridRows * gridColumns;
  const patches = Math.floor(pixels.length / (3 * width * height)) * perPicture;
  const [across, down] = [taps(patchWidth, tile), taps(patchHeight, tile)];
  const texels = new Uint8Array(4 * columns * tile * rows * tile);
  const first = page * columns * rows;
  const end = Math.min(patches, first + columns * rows);
  for (let patch = first; patch < end; patch++) {
    const place = patch % perPicture;
    const top = Math.floor(patch / perPicture) * height + Math.floor(place / gridColumns) * patchHeight;
    const source = 3 * (top * width + (place % gridColumns) * patchWidth);
    const slot = patch - first;
    const target = 4 * (Math.floor(slot / columns) * tile * columns * tile + (slot % columns) * tile);
    for (let y = 0; y < tile; y++) {
      for (let x = 0; x < tile; x++) {
        mixInto(texels, target + 4 * (y * columns * tile + x), pixels, source, width, across[x], down[y]);
      }
    }
  }
  return texels;
}

/**
 * Source pixels of each texel along one axis: those it covers, or the two beside its center.
 *
 * @param {number} length source pixels
 * @param {number} tile texels
 * @returns {Tap[]}
 */
export function taps(length, tile) {
  return Array.from({ length: tile }, (_, index) => {
    const step = length / tile;
    const [start, end] = step > 1 ? [index * step, (index + 1) * step] : [(index + 0.5) * step - 0.5, (index + 0.5) * step + 0.5];
    const [low, high] = [Math.max(0, start), Math.min(length, end)];
    const from = Math.floor(low + 1e-9);
    const weights = [];
    for (let at = from; at < high - 1e-9; at++) weights.push((Math.min(at + 1, high) - Math.max(at, low)) / (high - low));
    return { from, weights };
  });
}

/**
 * @param {Uint8Array} texels
 * @param {number} target
 * @param {Uint8Array} pixels
 * @param {number} source
 * @param {number} width
 * @param {Tap} across
 * @param {Tap} down
 */
function mixInto(texels, target, pixels, source, width, across, down) {
  let [red, green, blue] = [0, 0, 0];
  for (let j = 0; j < down.weights.length; j++) {
    for (let i = 0; i < across.weights.length; i++) {
      const weight = down.weights[j] * across.weights[i];
      const at = source + 3 * ((down.from + j) * width + across.from + i);
      red += weight * pixels[at];
      green += weight * pixels[at + 1];
      blue += weight * pixels[at + 2];
    }
  }
  texels[target] = Math.round(red);
  texels[target + 1] = Math.round(green);
  texels[target + 2] = Math.round(blue);
  texels[target + 3] = 255;
}
