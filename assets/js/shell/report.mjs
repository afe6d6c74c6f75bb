/** Report: the values of window.attentionviz.state(), for tests and for pages that embed the application. */

import { theme } from "../state/appearance.mjs";

/** @typedef {import("./controller.mjs").Controller} Controller */

/** Pages without a scatterplot. */
const PLAIN_VIEWS = new Set(["instance", "heads"]);

/** @param {Controller} controller */
export function report({ state, table, scene, shell, found, tint, sidebar, ready }) {
  const { view, run, projection, dims, color, layer, head, instance, token, side } = state;
  const drawn = scene.metrics();
  const count = found?.count ?? 0;
  return {
    ready: ready && (PLAIN_VIEWS.has(view) || drawn.ready || shell.dataset.view === "message"),
    view,
    run,
    projection,
    dims,
    color,
    theme: theme(),
    nHeads: drawn.nHeads,
    pointsPerHead: drawn.pointsPerHead,
    drawnPoints: drawn.drawnPoints,
    highlighted: drawn.highlighted,
    hits: { query: count, key: count },
    layer,
    head,
    selection: instance === null ? null : { instance, token, side },
    labels: drawn.labels,
    lines: state.lines ? sidebar.lines : [],
    trust: state.trust,
    tinted: tint.count,
    order: scene.order,
    address: table.href(state),
  };
}
