/**
 * The texels of an atlas, made from the pictures.
 *
 * @typedef {import("./atlas_layout.mjs").AtlasLayout} AtlasLayout
 * @typedef {{pixels: Uint8Array, width: number, height: number}} Pictures  [n, height, width, 3], red, green, blue
 * @typedef {{from: number, weights: number[]}} Tap  source pixels that make a texel along one axis
 */

/**
 * One page of an atlas. Patches that are larger than a tile are averaged, smaller ones interpolated.
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
 * What source pixels make each texel along one axis: those it covers, or the two beside its center.
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
