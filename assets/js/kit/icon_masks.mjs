/** Icons of prefix tokens: their short names as masks, white on black. */

/** Side of a mask in pixels. */
export const ICON_SIDE = 64;

/** Room for the text across a mask. */
const TEXT_WIDTH = 54;

/**
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
