/** The right column: the selected sentence and what belongs to it, linked with the scatterplot. */

import { instanceOf, kvHead } from "../data/run_meta.mjs";
import { HeadSheet } from "../instances/head_sheet.mjs";
import { InstanceList } from "../instances/instance_list.mjs";
import { StrongestPairs } from "../instances/strongest_pairs.mjs";
import { AggregateView } from "../sentence/aggregate_view.mjs";
import { sameToken } from "../sentence/choices.mjs";
import { SentenceView } from "../sentence/sentence_view.mjs";

/** @typedef {import("../data/run_data.mjs").RunData} RunData */
/** @typedef {import("../instances/strongest_pairs.mjs").Pair} Pair */
/** @typedef {import("./view_state.mjs").ViewState} ViewState */
/** @typedef {{token: number, side: "query" | "key"}} TokenRef a token of the instance */
/** @typedef {{query: number, key: number, weight: number}} Line tokens counted over the run */
/**
 * @typedef {object} SidebarEvents
 * @property {(changes: Partial<ViewState>) => void} onChange the user went to another sentence, head or token
 * @property {(point: TokenRef | null) => void} onHoverToken token counted over the run
 * @property {(lines: Line[]) => void} onLines for the scatterplot
 */

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

export class Sidebar {
  #showing = 0;
  /** @type {{run: RunData, state: ViewState} | null} */
  #shown = null;
  /** @type {TokenRef | null} */
  #example = null;
  #pairsWanted = false;

  /** @param {SidebarEvents} events */
  constructor(events) {
    this.events = events;
    this.root = byId("sidebar");
    this.offset = 0;
    this.length = 0;
    /** @type {Line[]} */
    this.lines = [];
    const selected = (/** @type {TokenRef} */ ref) => events.onChange({ ...ref });
    const hovered = (/** @type {TokenRef | null} */ ref) => events.onHoverToken(ref && { token: ref.token + this.offset, side: ref.side });
    this.sentence = new SentenceView(byId("sentence-view"), {
      onSelectToken: selected,
      onHoverToken: hovered,
      onLinesChange: (lines) =>
        this.#draw(lines.map(({ query, key, weight }) => ({ query: query + this.offset, key: key + this.offset, weight }))),
    });
    this.aggregate = new AggregateView(byId("aggregate-view"), { onSelectToken: selected, onHoverToken: hovered });
    this.aggregate.link(this.sentence);
    this.sheet = new HeadSheet(byId("head-sheet"), (head) => events.onChange({ head }));
    this.pairs = new StrongestPairs(byId("strongest-pairs"), (pair) => void this.#openExample(pair));
    this.list = new InstanceList(/** @type {HTMLDialogElement} */ (byId("instances")), byId("instance-list"), (instance) =>
      events.onChange({ instance, token: null, side: "query" }),
    );
  }

  /**
   * Show what belongs to a state: its instance in its head, or nothing. A later call overtakes an earlier one.
   *
   * @param {RunData} run
   * @param {ViewState} state
   */
  async show(run, state) {
    const ticket = ++this.#showing;
    this.#shown = { run, state };
    const { layer, head, instance } = state;
    if (layer === null || head === null || instance === null) this.#draw([]);
    if (layer === null || head === null) {
      this.root.hidden = true;
      return;
    }
    const [tokens, pairs, opened] = await Promise.all([
      run.tokens(),
      pairsOf(run, layer, head),
      instance === null ? null : this.#fetch(run, layer, head, instance, state.view === "instance"),
    ]);
    if (ticket !== this.#showing) return;
    this.root.hidden = !opened && !(this.#pairsWanted && pairs);
    this.root.classList.toggle("is-without-instance", !opened);
    const label = headLabel(run.meta.model, layer, head);
    this.pairs.root.hidden = !pairs;
    if (pairs) this.pairs.show(...pairs, tokens.texts, tokens.special.includes(true), label);
    if (!opened || instance === null) return;
    const [start, end] = tokens.offsets.slice(instance, instance + 2);
    this.offset = start;
    this.length = end - start;
    const causal = run.meta.masks[layer] === "causal";
    const shared = {
      texts: tokens.texts.slice(start, end),
      special: tokens.special.slice(start, end),
      length: end - start,
      causal,
      selected: state.token === null ? null : { token: state.token, side: state.side },
      headLabel: label,
    };
    this.#describe(run, instance, tokens.instances[instance]);
    const { pattern, valueNorms, aggregate, shades } = opened;
    this.sentence.show({ ...shared, pattern, valueNorms, controls: hideable(tokens.tokens.slice(start, end), causal) });
    this.aggregate.panel.root.hidden = !aggregate;
    if (aggregate) this.aggregate.show({ ...shared, ...aggregate });
    this.sheet.root.hidden = !shades;
    if (shades) this.sheet.show({ shades, heads: run.meta.model.n_heads, layer, head, causal });
    if (this.#example && sameToken(this.#example, shared.selected)) this.#pin(this.#example);
    this.#example = null;
  }

  /**
   * @param {RunData} run
   * @param {number} layer
   * @param {number} head
   * @param {number} instance
   * @param {boolean} withSheet
   */
  async #fetch(run, layer, head, instance, withSheet) {
    const [pattern, valueNorms, aggregate, shades] = await Promise.all([
      run.pattern(layer, head, instance),
      run.valueNorms(layer, head, instance),
      aggregateOf(run, layer, head, instance),
      withSheet ? run.patternSheet(layer, instance) : null,
    ]);
    return { pattern, valueNorms, aggregate, shades };
  }

  /**
   * @param {RunData} run
   * @param {number} instance
   * @param {string} text
   */
  #describe({ meta: { inputs } }, instance, text) {
    byId("instance-title").textContent = `${noun(inputs)} ${instance + 1} of ${inputs.n_instances}`;
    byId("instance-text").textContent = text;
    for (const [action, last] of /** @type {[string, number][]} */ ([["previous", 0], ["next", inputs.n_instances - 1]])) {
      const button = /** @type {HTMLButtonElement | null} */ (this.root.querySelector(`[data-action="${action}-instance"]`));
      if (button) button.disabled = instance === last;
    }
  }

  /** @param {TokenRef | null} point the scatterplot's point under the pointer, token counted over the run */
  hover(point) {
    if (this.root.hidden || this.#shown?.state.instance === null) return;
    const token = point ? point.token - this.offset : -1;
    this.sentence.setHovered(point && token >= 0 && token < this.length ? { token, side: point.side } : null);
  }

  /** Open the list of all sentences. */
  async openList() {
    if (!this.#shown) return;
    const { run, state } = this.#shown;
    this.list.open(await run.tokens(), noun(run.meta.inputs), state.instance);
  }

  /** Show the strongest pairs, with or without a sentence; without one, a second call takes them away. */
  togglePairs() {
    if (!this.#shown) return;
    const { run, state } = this.#shown;
    if (state.instance === null) this.#pairsWanted = !this.#pairsWanted;
    else this.pairs.root.scrollIntoView({ block: "nearest" });
    void this.show(run, state);
  }

  /** @param {Pair} pair */
  async #openExample({ query }) {
    if (!this.#shown) return;
    const { run, state } = this.#shown;
    const { offsets } = await run.tokens();
    const instance = instanceOf(offsets, query);
    const token = query - offsets[instance];
    /** @type {TokenRef} */
    const example = { token, side: "query" };
    if (state.instance === instance && state.token === token && state.side === "query") return this.#pin(example);
    this.#example = example;
    this.events.onChange({ instance, ...example });
  }

  /** @param {Line[]} lines */
  #draw(lines) {
    this.lines = lines;
    this.events.onLines(lines);
  }

  /** @param {TokenRef} ref whose lines alone are shown */
  #pin(ref) {
    this.sentence.panel.choose({ ...this.sentence.panel.choices, pinned: [ref] });
  }
}

/**
 * @param {import("../data/run_meta.mjs").InputsInfo} inputs
 * @returns {string} what an instance is called
 */
function noun({ kind }) {
  return kind === "image" ? "Image" : "Sentence";
}

/**
 * @param {import("../data/run_meta.mjs").ModelInfo} model
 * @param {number} layer
 * @param {number} head
 * @returns {string} with the key head that it shares, where heads share keys
 */
export function headLabel(model, layer, head) {
  const group = model.n_kv_heads < model.n_heads ? ` · key group ${kvHead(model, head)}` : "";
  return `Layer ${layer} Head ${head}${group}`;
}

/**
 * @param {RunData} run
 * @param {number} layer
 * @param {number} head
 * @returns {Promise<[ArrayLike<number>, ArrayLike<number>] | null>} null for a run that has no such list
 */
async function pairsOf(run, layer, head) {
  if (!run.meta.arrays.strongest_pairs) return null;
  return Promise.all([run.array("strongest_pairs", layer, head), run.array("strongest_pair_weights", layer, head)]);
}

/**
 * @param {RunData} run
 * @param {number} layer
 * @param {number} head
 * @param {number} instance
 * @returns {Promise<{mean: Float32Array, counts: ArrayLike<number>, positions: number} | null>} null where the instance
 *   is longer than the mean has positions
 */
async function aggregateOf(run, layer, head, instance) {
  const { offsets } = await run.tokens();
  const positions = run.meta.arrays.aggregate?.shape[2] ?? 0;
  if (offsets[instance + 1] - offsets[instance] > positions) return null;
  const [mean, counts] = await Promise.all([run.array("aggregate", layer, head), run.array("aggregate_counts")]);
  return { mean: /** @type {Float32Array} */ (mean), counts, positions };
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
