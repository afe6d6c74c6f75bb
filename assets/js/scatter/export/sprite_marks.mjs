import { pictureOf } from "../../kit/pixels.mjs";
import { ICON } from "../gl/sprites.mjs";
import { FILLED, ICON_SCALE } from "../gl/shaders.mjs";

/**
 * Patches and icons for drawings, in the looks of the shader.
 *
 * @typedef {import("../gl/sprites.mjs").Pieces} Pieces
 * @typedef {import("../../kit/svg_document.mjs").Circle} Circle
 * @typedef {import("../../kit/svg_document.mjs").Patch} Patch
 * @typedef {import("../../kit/svg_document.mjs").Picture} Picture
 */

/**
 * What stands in the place of a dot.
 *
 * @param {Circle} dot
 * @param {number} piece of the pieces' table
 * @param {Pieces} pieces
 * @param {import("../gl/point_style.mjs").PointStyle} style
 * @returns {Circle | Patch}
 */
export function pieceMark(dot, piece, { icons, pictures, grid }, style) {
  if (piece >= ICON) return { ...dot, radius: dot.radius * ICON_SCALE, text: icons[piece - ICON] };
  const [rows, columns] = grid;
  const [width, height] = [Math.floor(pictures.width / columns), Math.floor(pictures.height / rows)];
  const place = piece % (rows * columns);
  const half = dot.radius / Math.max(width, height);
  return {
    ...{ x: dot.x, y: dot.y, width: 2 * half * width, height: 2 * half * height },
    ...{ frame: dot.fill, frameWidth: style.frame * 2 * dot.radius, ring: dot.ring, opacity: dot.opacity },
    tint: style.mark === "filled" ? FILLED : 0,
    picture: Math.floor(piece / (rows * columns)),
    cut: [(place % columns) * width, Math.floor(place / columns) * height, width, height],
  };
}

/**
 * The pictures that patches are cut from, as they go into a document.
 *
 * @param {Iterable<number>} numbers
 * @param {Pieces} pieces
 * @returns {Picture[]}
 */
export function embeddedPictures(numbers, { pictures: { pixels, width, height } }) {
  const size = 3 * width * height;
  return [...numbers].map((number) => {
    const bytes = pixels.subarray(number * size, (number + 1) * size);
    return { number, width, height, href: pictureOf({ bytes, width, height }).toDataURL() };
  });
}
