/** Files made of what is seen: PNG and SVG of the picture, CSV of one head's points. */

import { writtenName } from "../data/token_names.mjs";
import { csvCell } from "./csv.mjs";

/** @typedef {import("./controller.mjs").Controller} Controller */

const PNG_SCALE = 2;

/**
 * @param {Blob} blob
 * @param {string} name
 */
function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** @param {Controller} controller */
function stem({ state }) {
  const where = state.layer === null ? "all-heads" : `L${state.layer}-H${state.head}`;
  return `${state.run}-${where}-${state.projection}-${state.dims}d`;
}

/** @param {Controller} controller */
export async function savePNG(controller) {
  save(await controller.scene.exportPNG(PNG_SCALE), `${stem(controller)}.png`);
}

/** @param {Controller} controller */
export function saveSVG(controller) {
  save(new Blob([controller.scene.exportSVG()], { type: "image/svg+xml" }), `${stem(controller)}.svg`);
}

/**
 * One line a point of the present head: token, side, instance, position, coordinates.
 *
 * @param {Controller} controller
 */
export async function saveCSV(controller) {
  const { run, state } = controller;
  if (!run || state.layer === null || state.head === null) return;
  const [tokens, coords, extents, order] = await Promise.all([
    run.tokens(),
    run.array(`coords.${state.projection}.${state.dims}`, state.layer, state.head),
    run.array(`extent.${state.projection}.${state.dims}`, state.layer, state.head),
    run.drawOrder(),
  ]);
  const nTokens = run.meta.nTokens;
  const axes = ["x", "y", "z"].slice(0, state.dims);
  const rows = [["token", "side", "instance", "position", ...axes].join(",")];
  const vertexOf = new Uint32Array(order.length);
  order.forEach((point, vertex) => (vertexOf[point] = vertex));
  let instance = 0;
  for (let point = 0; point < 2 * nTokens; point++) {
    const token = point % nTokens;
    if (token === 0) instance = 0;
    while (tokens.offsets[instance + 1] <= token) instance++;
    const place = axes.map((_, axis) => {
      const unit = (coords[vertexOf[point] * state.dims + axis] / 65535) * 2 - 1;
      return (extents[axis] + unit * extents[state.dims]).toPrecision(7);
    });
    rows.push([csvCell(writtenName(tokens, token)), point < nTokens ? "query" : "key", instance, token - tokens.offsets[instance], ...place].join(","));
  }
  save(new Blob([rows.join("\r\n") + "\r\n"], { type: "text/csv" }), `${stem(controller)}.csv`);
}
