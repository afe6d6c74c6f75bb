/** Sidebar views of a sentence: Sentence View, Aggregate View, all heads of the layer. */

import { layerNumber } from "../data/layer_number.mjs";
import { HeadSheet } from "../sentence/head_sheet.mjs";
import { AggregateView } from "../sentence/aggregate_view.mjs";
import { SentenceView } from "../sentence/sentence_view.mjs";
import { sentenceWithSink, withSinkKey } from "../sentence/sink_key.mjs";
import { aggregateOf, byId, headLabel, selectionOf } from "./instance_part.mjs";

/** @typedef {import("../data/run_data.mjs").RunData} RunData */
/** @typedef {import("./instance_part.mjs").InstancePart} InstancePart */
/** @typedef {import("./instance_part.mjs").InstanceState} InstanceState */
/** @typedef {import("./instance_part.mjs").PartEvents} PartEvents */
/** @typedef {import("./instance_part.mjs").TokenRef} TokenRef */

/** @implements {InstancePart} */
export class SentencePart {
  /** @type {number | undefined} position of a sink logit, which is no point of the scatterplot */
  #sinkKey;

  /** @param {PartEvents} events */
  constructor({ onChange, onNote, onHoverToken, onLines }) {
    const selected = (/** @type {TokenRef} */ ref) => {
      if (ref.token !== this.#sinkKey) onChange({ ...ref });
    };
    const hovered = (/** @type {TokenRef | null} */ ref) => onHoverToken(ref?.token === this.#sinkKey ? null : ref);
    this.sentence = new SentenceView(byId("sentence-view"), {
      onSelectToken: selected,
      onHoverToken: hovered,
      onLinesChange: onLines,
      onChoices: onNote,
    });
    this.aggregate = new AggregateView(byId("aggregate-view"), { onSelectToken: selected, onHoverToken: hovered });
    this.aggregate.link(this.sentence);
    this.sheet = new HeadSheet(byId("head-sheet"), (head) => onChange({ head }));
    this.roots = [this.sentence.panel.root, this.aggregate.panel.root, this.sheet.root];
  }

  /**
   * @param {RunData} run
   * @param {InstanceState} state
   * @returns {Promise<() => void>}
   */
  async load(run, state) {
    const { layer, head, instance } = state;
    const [table, pattern, valueNorms, aggregate, sheet] = await Promise.all([
      run.tokens(),
      run.pattern(layer, head, instance),
      run.valueNorms(layer, head, instance),
      aggregateOf(run, layer, head, instance),
      state.view === "instance" ? sheetOf(run, state) : null,
    ]);
    const [start, end] = table.offsets.slice(instance, instance + 2);
    const causal = run.meta.masks[layer] === "causal";
    const withSink = run.meta.sinkLogits[layer];
    const length = end - start;
    const described = {
      texts: table.texts.slice(start, end),
      special: table.special.slice(start, end),
      sinks: sinksOf(table.sinks.slice(start, end), state.no_sinks),
      length,
      causal,
      selected: selectionOf(state),
      headLabel: headLabel(run.meta.model, layer, head),
      choices: state,
      sinkKey: withSink ? length : undefined,
    };
    const shared = withSink ? sentenceWithSink(described, state.no_sinks) : described;
    const ofSentence = withSink ? { pattern: withSinkKey(pattern, length), valueNorms: withZero(valueNorms) } : { pattern, valueNorms };
    const number = layerNumber(run.meta.model, layer);
    return () => {
      this.#sinkKey = shared.sinkKey;
      this.sentence.panel.root.hidden = false;
      this.sentence.show({ ...shared, ...ofSentence, controls: hideable(table.tokens.slice(start, end), causal) });
      this.aggregate.panel.root.hidden = !aggregate;
      if (aggregate) this.aggregate.show({ ...shared, ...aggregate });
      this.sheet.root.hidden = !sheet;
      if (sheet) this.sheet.show({ ...sheet, heads: run.meta.model.n_heads, layer: number, head, causal });
    };
  }

  /** @param {TokenRef | null} ref */
  setHovered(ref) {
    this.sentence.setHovered(ref);
  }

  /** @param {TokenRef} ref whose lines alone are shown */
  pin(ref) {
    this.sentence.panel.choose({ ...this.sentence.panel.choices, pinned: [ref] });
  }
}

/**
 * @param {Float32Array} valueNorms of the tokens
 * @returns {Float32Array} with that of a sink logit, which writes nothing
 */
function withZero(valueNorms) {
  const extended = new Float32Array(valueNorms.length + 1);
  extended.set(valueNorms);
  return extended;
}

/**
 * @param {RunData} run
 * @param {InstanceState} state
 * @returns {Promise<{shades: Uint8Array, sinkShares: Float32Array | null}>} of all heads of the layer
 */
async function sheetOf(run, { layer, instance, no_sinks: noSinks }) {
  const [shades, sinkShares] = await Promise.all([
    run.patternSheet(layer, instance, noSinks),
    noSinks ? run.sinkShares(layer, instance) : null,
  ]);
  return { shades, sinkShares };
}

/**
 * Positions of the tokens that are left out of a sentence.
 *
 * @param {boolean[]} sinks whether each token is an attention sink
 * @param {boolean} out whether sinks are left out
 * @returns {Set<number>}
 */
export function sinksOf(sinks, out) {
  return new Set(out ? sinks.flatMap((sink, position) => (sink ? [position] : [])) : []);
}

/**
 * Which special tokens can be hidden in a sentence.
 *
 * @param {string[]} tokens as the tokenizer names them
 * @param {boolean} causal
 * @returns {{cls: boolean, sep: boolean, first: boolean, bos: boolean}}
 */
export function hideable(tokens, causal) {
  const names = new Set(tokens.map((token) => token.toUpperCase()));
  const any = (/** @type {string[]} */ candidates) => candidates.some((name) => names.has(name));
  return {
    cls: any(["[CLS]"]),
    sep: any(["[SEP]"]),
    bos: any(["<S>", "<BOS>", "<|ENDOFTEXT|>", "<|BEGIN_OF_TEXT|>"]),
    first: causal,
  };
}
