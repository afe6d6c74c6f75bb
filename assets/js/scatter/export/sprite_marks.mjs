import { pixelCanvas } from "../../kit/elements.mjs";
import { ICON } from "../gl/sprites.mjs";
import { FILLED, ICON_SCALE } from "../gl/shaders.mjs";

/**
 * Patches and icons of an exported drawing, styled as by the shader.
 *
 * @typedef {import("../gl/sprites.mjs").Sprites} Sprites
 * @typedef {import("./svg_drawing.mjs").Circle} Circle
 * @typedef {import("./svg_drawing.mjs").Patch} Patch
 * @typedef {import("./svg_drawing.mjs").Picture} Picture
 */

/**
 * Replace a dot with its patch or icon.
 *
 * @param {Circle} dot
 * @param {number} sprite entry of the sprites' table
 * @param {Sprites} sprites
 * @param {import("../gl/point_style.mjs").PointStyle} style
 * @returns {Circle | Patch}
 */
export function spriteMark(dot, sprite, { icons, pictures, grid }, style) {
  if (sprite >= ICON) return { ...dot, radius: dot.radius * ICON_SCALE, text: icons[sprite - ICON] };
  const [rows, columns] = grid;
  const [width, height] = [Math.floor(pictures.width / columns), Math.floor(pictures.height / rows)];
  const place = sprite % (rows * columns);
  const half = dot.radius / Math.max(width, height);
  return {
    ...{ x: dot.x, y: dot.y, width: 2 * half * width, height: 2 * half * height },
    ...{ frame: dot.fill, frameWidth: style.frame * 2 * dot.radius, ring: dot.ring, opacity: dot.opacity },
    tint: style.mark === "filled" ? FILLED : 0,
    picture: Math.floor(sprite / (rows * columns)),
    cut: [(place % columns) * width, Math.floor(place / columns) * height, width, height],
  };
}

/**
 * Encode the pictures of patches for the document.
 *
 * @param {Iterable<number>} numbers
 * @param {Sprites} sprites
 * @returns {Picture[]}
 */
export function embeddedPictures(numbers, { pictures: { pixels, width, height } }) {
  const size = 3 * width * height;
  return [...numbers].map((number) => {
    const bytes = pixels.subarray(number * size, (number + 1) * size);
    return { number, width, height, href: pixelCanvas({ bytes, width, height }).toDataURL() };
  });
}
