/** The right column: Sentence View and Aggregate View of the selected instance, linked with the scatterplot. */

import { AggregateView } from "../sentence/aggregate_view.mjs";
import { SentenceView } from "../sentence/sentence_view.mjs";

/** @typedef {import("../data/run_data.mjs").RunData} RunData */
/** @typedef {import("./view_state.mjs").ViewState} ViewState */
/** @typedef {{token: number, side: "query" | "key"}} TokenRef a token of the instance */
/**
 * @typedef {object} SidebarEvents
 * @property {(ref: TokenRef) => void} onSelectToken
 * @property {(point: TokenRef | null) => void} onHoverToken token counted over the run
 * @property {(lines: {query: number, key: number, weight: number}[]) => void} onLines tokens counted over the run
 */

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

export class Sidebar {
  /** @param {SidebarEvents} events */
  constructor(events) {
    this.events = events;
    this.root = byId("sidebar");
    this.offset = 0;
    this.length = 0;
    const hovered = (/** @type {TokenRef | null} */ ref) => events.onHoverToken(ref && { token: ref.token + this.offset, side: ref.side });
    this.sentence = new SentenceView(byId("sentence-view"), {
      onSelectToken: events.onSelectToken,
      onHoverToken: hovered,
      onLinesChange: (lines) =>
        events.onLines(lines.map(({ query, key, weight }) => ({ query: query + this.offset, key: key + this.offset, weight }))),
    });
    this.aggregate = new AggregateView(byId("aggregate-view"), { onSelectToken: events.onSelectToken, onHoverToken: hovered });
    this.aggregate.link(this.sentence);
  }

  /**
   * Show the instance that a state selects, or nothing.
   *
   * @param {RunData} run
   * @param {ViewState} state
   */
  async show(run, state) {
    const { layer, head, instance } = state;
    if (layer === null || head === null || instance === null) {
      this.root.hidden = true;
      this.events.onLines([]);
      return;
    }
    const [tokens, pattern, valueNorms] = await Promise.all([
      run.tokens(),
      run.pattern(layer, head, instance),
      run.valueNorms(layer, head, instance),
    ]);
    const [start, end] = tokens.offsets.slice(instance, instance + 2);
    this.offset = start;
    this.length = end - start;
    this.root.hidden = false;
    const causal = run.meta.masks[layer] === "causal";
    const shared = {
      texts: tokens.texts.slice(start, end),
      special: tokens.special.slice(start, end),
      length: end - start,
      causal,
      selected: state.token === null ? null : { token: state.token, side: state.side },
      headLabel: `Layer ${layer} Head ${head}`,
    };
    byId("instance-title").textContent = `Sentence ${instance + 1} of ${run.meta.inputs.n_instances}`;
    byId("instance-text").textContent = tokens.instances[instance];
    this.sentence.show({ ...shared, pattern, valueNorms, controls: hideable(tokens.tokens.slice(start, end), causal) });
    await this.#showAggregate(run, layer, head, shared);
  }

  /**
   * @param {RunData} run
   * @param {number} layer
   * @param {number} head
   * @param {{texts: string[], special: boolean[], length: number, causal: boolean, selected: TokenRef | null, headLabel: string}} shared
   */
  async #showAggregate(run, layer, head, shared) {
    const root = byId("aggregate-view");
    const info = run.meta.arrays.aggregate;
    root.hidden = !info || shared.length > info.shape[2];
    if (root.hidden) return;
    const [mean, counts] = await Promise.all([run.array("aggregate", layer, head), run.array("aggregate_counts")]);
    this.aggregate.show({ ...shared, mean: Float32Array.from(mean), counts, positions: info.shape[2] });
  }

  /** @param {TokenRef | null} point the scatterplot's point under the pointer, token counted over the run */
  hover(point) {
    if (this.root.hidden) return;
    const token = point ? point.token - this.offset : -1;
    this.sentence.setHovered(point && token >= 0 && token < this.length ? { token, side: point.side } : null);
  }
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
