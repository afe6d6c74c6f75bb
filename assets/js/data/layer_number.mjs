/** The model's own numbers of layers: in hybrid models, layers without attention lie between those of the run. */

/** @typedef {{layers?: readonly number[]}} Numbered  empty where layers count from 0 without a gap */

/**
 * @param {Numbered} model
 * @param {number} layer of the run
 * @returns {number} the model's own number
 */
export function layerNumber({ layers = [] }, layer) {
  return layers[layer] ?? layer;
}

/**
 * Describe the layers without attention just before a layer.
 *
 * @param {Numbered} model
 * @param {number} layer of the run
 * @returns {string} empty where there are none
 */
export function gapBefore(model, layer) {
  const first = layer === 0 ? 0 : layerNumber(model, layer - 1) + 1;
  const last = layerNumber(model, layer) - 1;
  if (last < first) return "";
  return first === last ? `Layer ${first} has no attention` : `Layers ${first} to ${last} have no attention`;
}
