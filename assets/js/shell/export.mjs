/** Exports: PNG and SVG of the plot, CSV of one head's points. */

import { layerNumber } from "../data/layer_number.mjs";
import { chosenLines, pointsCsv } from "../data/csv.mjs";

/**
 * @typedef {import("./controller.mjs").Controller} Controller
 * @typedef {import("../data/run_data.mjs").RunData} RunData
 */

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
function stem({ state, run }) {
  const number = state.layer === null ? null : layerNumber(run?.meta.model ?? {}, state.layer);
  const where = number === null ? "all-heads" : `L${number}-H${state.head}`;
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
 * Save the visible points of the present head with all their encodings.
 *
 * @param {Controller} controller
 */
export async function saveCSV(controller) {
  const { run, state } = controller;
  const { layer, head, dims } = state;
  if (!run || layer === null || head === null) return;
  const [tokens, coords, extent, trust, order, encodings] = await Promise.all([
    run.tokens(),
    run.headLayout("coords", state, layer, head),
    run.headLayout("extent", state, layer, head),
    run.hasTrust(state) ? run.headLayout("trust", state, layer, head) : null,
    run.drawOrder(),
    encodingsOf(run, layer, head),
  ]);
  const text = pointsCsv({ tokens, dims, coords, extent, order, trust, encodings, hidden: state.no_sinks ? tokens.sinks : null });
  save(new Blob([text], { type: "text/csv" }), `${stem(controller)}.csv`);
}

/**
 * Save the metrics of some heads, with the digits of the command line.
 *
 * @param {RunData} run
 * @param {readonly {layer: number, head: number}[]} rows
 * @param {boolean} noSinks whether sinks are left out
 */
export async function saveHeadsCSV(run, rows, noSinks) {
  const { n_heads: nHeads } = run.meta.model;
  const text = chosenLines(await run.headsCsv(noSinks), rows.map(({ layer, head }) => layer * nHeads + head));
  save(new Blob([text], { type: "text/csv" }), `${run.meta.run}-heads.csv`);
}

/**
 * The values of every encoding but the point type, which has its own column.
 *
 * @param {RunData} run
 * @param {number} layer
 * @param {number} head
 */
function encodingsOf(run, layer, head) {
  const encodings = run.meta.encodings.filter(({ name, kind }) => kind !== "type" && `encoding.${name}` in run.meta.arrays);
  return Promise.all(
    encodings.map(async (encoding) => {
      const name = `encoding.${encoding.name}`;
      return { encoding, values: await (encoding.per_head ? run.array(name, layer, head) : run.array(name)) };
    }),
  );
}
