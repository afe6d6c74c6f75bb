/** Sidebar views of an image: Image View, Aggregate View, all heads of the layer. */

import { ImageView } from "../image/image_view.mjs";
import { patchGrid, prefixGroups } from "../image/patch_grid.mjs";
import { aggregateOf, byId, headLabel, selectionOf } from "./instance_part.mjs";

/** @typedef {import("../data/run_data.mjs").RunData} RunData */
/** @typedef {import("../data/run_meta.mjs").TokenTable} TokenTable */
/** @typedef {import("../kit/elements.mjs").Pixels} Pixels */
/** @typedef {import("./instance_part.mjs").InstancePart} InstancePart */
/** @typedef {import("./instance_part.mjs").InstanceState} InstanceState */
/** @typedef {import("./instance_part.mjs").PartEvents} PartEvents */
/** @typedef {import("./instance_part.mjs").TokenRef} TokenRef */

/** @implements {InstancePart} */
export class ImagePart {
  /** @param {PartEvents} events */
  constructor({ onChange, onNote, onHoverToken, onLines }) {
    const roots = { view: byId("image-view"), aggregate: byId("image-aggregate"), sheet: byId("image-sheet") };
    this.image = new ImageView(roots, {
      onMode: (image_mode) => onChange({ image_mode }),
      onSide: (side) => onChange({ side }),
      onSelectToken: (ref, byKeyboard) => onChange({ ...ref }, { replace: byKeyboard }),
      onHoverToken,
      onLinesChange: onLines,
      onChoices: onNote,
      onHead: (head) => onChange({ head }),
    });
    this.roots = Object.values(roots);
  }

  /**
   * @param {RunData} run
   * @param {InstanceState} state
   * @returns {Promise<() => void>}
   */
  async load(run, state) {
    const { layer, head, instance, image_mode: mode, side } = state;
    const [table, pattern, valueNorms, rollout, pixels, aggregate, heads] = await Promise.all([
      run.tokens(),
      run.pattern(layer, head, instance),
      run.valueNorms(layer, head, instance),
      mode === "rollout" ? run.rollout(layer, instance) : null,
      pixelsOf(run, instance),
      aggregateOf(run, layer, head, instance),
      state.view === "instance" ? run.headsOfImage(layer, instance) : null,
    ]);
    const [start, end] = table.offsets.slice(instance, instance + 2);
    if (!table.grid) throw new Error("This run has no positions of its patches. Build it again.");
    const grid = patchGrid(table.grid, end - start);
    const groups = prefixGroups(table.tokens.slice(start, end), grid);
    const subject = { grid, groups, names: namesOf(table, start, end), pattern, rollout, valueNorms };
    const shown = { subject, pixels, aggregate, heads, layer, head, mode, side, noSinks: state.no_sinks, selected: existing(selectionOf(state), end - start) };
    return () => {
      this.roots[0].hidden = false;
      this.image.show({ ...shown, headLabel: headLabel(run.meta.model, layer, head), choices: state });
    };
  }

  /** @param {TokenRef | null} ref */
  setHovered(ref) {
    this.image.setHovered(ref);
  }

  /** Patches are not pinned. */
  pin() {}
}

/**
 * @param {TokenRef | null} ref from a link, which may name any number
 * @param {number} length tokens of the image
 * @returns {TokenRef | null} null for a token outside the image
 */
export function existing(ref, length) {
  return ref && ref.token < length ? ref : null;
}

/**
 * @param {TokenTable} table
 * @param {number} start
 * @param {number} end
 * @returns {string[]} of the tokens of one image, with their object labels
 */
export function namesOf({ texts, labels = [], special }, start, end) {
  return texts.slice(start, end).map((text, position) => {
    const token = start + position;
    return labels[token] && !special[token] ? `${text} (${labels[token]})` : text;
  });
}

/**
 * @param {RunData} run
 * @param {number} instance
 * @returns {Promise<Pixels>}
 */
async function pixelsOf(run, instance) {
  const pictures = /** @type {Uint8Array} */ (await run.array("pictures"));
  const [, height, width] = run.meta.arrays.pictures.shape;
  const size = 3 * width * height;
  return { bytes: pictures.subarray(instance * size, (instance + 1) * size), width, height };
}
