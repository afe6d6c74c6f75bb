import assert from "node:assert/strict";
import { test } from "node:test";

import { gapBefore, layerNumber } from "../../../assets/js/data/layer_number.mjs";
import { headName } from "../../../assets/js/scatter/input/point_description.mjs";
import { placeHeadings } from "../../../assets/js/scatter/overlay/headings.mjs";
import { Viewpoint } from "../../../assets/js/scatter/camera/viewpoint.mjs";
import { titleOf } from "../../../assets/js/shell/nouns.mjs";

const HYBRID = { layers: [1, 2, 5] };

test("layers of a hybrid model have the model's own numbers", () => {
  assert.deepEqual([0, 1, 2].map((layer) => layerNumber(HYBRID, layer)), [1, 2, 5]);
  assert.deepEqual([0, 1, 2].map((layer) => layerNumber({ layers: [] }, layer)), [0, 1, 2]);
});

test("the gap before a layer is named, and nothing where there is none", () => {
  assert.equal(gapBefore(HYBRID, 0), "Layer 0 has no attention");
  assert.equal(gapBefore(HYBRID, 1), "");
  assert.equal(gapBefore(HYBRID, 2), "Layers 3 to 4 have no attention");
  assert.equal(gapBefore({}, 0), "");
});

test("names, headings and the title of the tab use these numbers", () => {
  assert.equal(headName({ layer: 2, head: 3 }, HYBRID), "Layer 5 Head 3");
  const viewpoint = new Viewpoint();
  viewpoint.arrange(3, 2, { width: 600, height: 600 });
  const rows = placeHeadings(viewpoint, HYBRID).filter(({ align }) => align === "end");
  assert.deepEqual(rows.map(({ text }) => text), ["L1", "L2", "L5"]);
  const state = /** @type {const} */ ({ view: "head", layer: 2, head: 3, instance: null });
  const nouns = /** @type {import("../../../assets/js/data/run_meta.mjs").Nouns} */ ({});
  assert.equal(titleOf(state, { name: "Jamba", nouns, model: HYBRID }), "L5 H3 · Jamba · AttentionViz");
});
