import { LABEL_FONT } from "./labels.mjs";

/**
 * Measures labels, each text once.
 *
 * @returns {(text: string) => number} width of a label in pixels
 */
export function textMeter() {
  const context = document.createElement("canvas").getContext("2d");
  if (context) context.font = LABEL_FONT;
  /** @type {Map<string, number>} */
  const known = new Map();
  return (text) => {
    let width = known.get(text);
    if (width === undefined) {
      width = context ? context.measureText(text).width : 7 * text.length;
      known.set(text, width);
    }
    return width;
  };
}
