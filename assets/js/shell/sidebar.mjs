/** Right column: the selected sentence or image with its views, linked with the scatterplot. */

import { instanceOf } from "../data/run_meta.mjs";
import { InstanceList } from "../lists/instance_list.mjs";
import { StrongestPairs } from "../lists/strongest_pairs.mjs";
import { sameToken } from "../kit/weights.mjs";
import { ImagePart } from "./image_part.mjs";
import { byId, headLabel, selectionOf } from "./instance_part.mjs";
import { SentencePart } from "./sentence_part.mjs";
import { Shelf } from "./shelf.mjs";

/** @typedef {import("../data/run_data.mjs").RunData} RunData */
/** @typedef {import("../data/run_meta.mjs").RunMeta} RunMeta */
/** @typedef {import("../lists/strongest_pairs.mjs").Pair} Pair */
/** @typedef {import("./instance_part.mjs").InstancePart} InstancePart */
/** @typedef {import("./instance_part.mjs").Line} Line */
/** @typedef {import("./instance_part.mjs").TokenRef} TokenRef */
/** @typedef {import("../state/view_state.mjs").ViewState} ViewState */
/** @typedef {RunMeta["inputs"]["kind"]} Kind */
/**
 * @typedef {object} SidebarEvents tokens are counted over the run
 * @property {(changes: Partial<ViewState>, options?: {replace?: boolean}) => void} onChange to another instance, head or
 *   token
 * @property {(changes: Partial<ViewState>) => void} onNote changes that the views show already
 * @property {(point: TokenRef | null) => void} onHoverToken
 * @property {(lines: Line[]) => void} onLines for the scatterplot
 */

export class Sidebar {
  #showing = 0;
  /** @type {{run: RunData, state: ViewState} | null} */
  #shown = null;
  /** @type {TokenRef | null} */
  #example = null;
  /** @type {Record<Kind, InstancePart>} */
  #parts;
  /** @type {Record<Kind, Shelf>} */
  #shelves;
  /** @type {InstancePart} */
  #part;

  /** @param {SidebarEvents} events */
  constructor(events) {
    this.events = events;
    this.root = byId("sidebar");
    this.offset = 0;
    this.length = 0;
    /** @type {Line[]} */
    this.lines = [];
    const ofPart = {
      onChange: events.onChange,
      onNote: events.onNote,
      onHoverToken: (/** @type {TokenRef | null} */ ref) =>
        events.onHoverToken(ref && { token: ref.token + this.offset, side: ref.side }),
      onLines: (/** @type {readonly Line[]} */ lines) =>
        this.#draw(lines.map(({ query, key, weight }) => ({ query: query + this.offset, key: key + this.offset, weight }))),
    };
    this.#parts = { text: new SentencePart(ofPart), image: new ImagePart(ofPart) };
    this.#shelves = { text: new Shelf(this.#parts.text.roots), image: new Shelf(this.#parts.image.roots) };
    this.#part = this.#use("text");
    this.pairs = new StrongestPairs(byId("strongest-pairs"), (pair) => void this.#openExample(pair));
    this.list = new InstanceList(/** @type {HTMLDialogElement} */ (byId("instances")), byId("instance-list"), (instance) =>
      events.onChange({ instance, token: null, side: "query" }),
    );
  }

  /**
   * Show the instance of a state in its head, or nothing. A later call cancels an earlier one.
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
    const { kind } = run.meta.inputs;
    const [tokens, pairs, showInstance] = await Promise.all([
      run.tokens(),
      pairsOf(run, layer, head, state.no_sinks),
      instance === null ? null : this.#parts[kind].load(run, { ...state, layer, head, instance }),
    ]);
    if (ticket !== this.#showing) return;
    this.root.hidden = !showInstance && !(state.pairs && pairs);
    this.root.classList.toggle("is-without-instance", !showInstance);
    this.pairs.root.hidden = !pairs;
    const label = headLabel(run.meta.model, layer, head);
    if (pairs) this.pairs.show({ ...pairs, texts: tokens.texts, anySpecial: tokens.special.includes(true), headLabel: label });
    if (!showInstance || instance === null) return;
    this.offset = tokens.offsets[instance];
    this.length = tokens.offsets[instance + 1] - this.offset;
    this.#describe(run, instance, tokens.instances[instance]);
    this.#part = this.#use(kind);
    showInstance();
    if (this.#example && sameToken(this.#example, selectionOf(state))) this.#part.pin(this.#example);
    this.#example = null;
  }

  /**
   * @param {Kind} kind of the instances to show
   * @returns {InstancePart}
   */
  #use(kind) {
    this.#shelves[kind === "text" ? "image" : "text"].use(false);
    this.#shelves[kind].use(true);
    return this.#parts[kind];
  }

  /**
   * @param {RunData} run
   * @param {number} instance
   * @param {string} text
   */
  #describe({ meta: { inputs, nouns } }, instance, text) {
    byId("instance-title").textContent = `${capitalized(nouns.instance)} ${instance + 1} of ${inputs.n_instances}`;
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
    this.#part.setHovered(point && token >= 0 && token < this.length ? { token, side: point.side } : null);
  }

  /** Open the list of all instances. */
  async openList() {
    if (!this.#shown) return;
    const { run, state } = this.#shown;
    this.list.open(await run.tokens(), capitalized(run.meta.nouns.instance), state.instance);
  }

  /** Show the strongest pairs; without a selected sentence, a second call hides them. */
  togglePairs() {
    if (!this.#shown) return;
    const { instance, pairs } = this.#shown.state;
    if (instance === null) this.events.onChange({ pairs: !pairs });
    else this.pairs.root.scrollIntoView({ block: "nearest" });
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
    if (state.instance === instance && state.token === token && state.side === "query") return this.#part.pin(example);
    this.#example = example;
    this.events.onChange({ instance, ...example });
  }

  /** @param {Line[]} lines */
  #draw(lines) {
    this.lines = lines;
    this.events.onLines(lines);
  }
}

/**
 * @param {string} word
 * @returns {string}
 */
function capitalized(word) {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/**
 * @param {RunData} run
 * @param {number} layer
 * @param {number} head
 * @param {boolean} noSinks whether sinks are excluded
 * @returns {Promise<{examples: ArrayLike<number>, weights: ArrayLike<number>, withoutSinks: boolean} | null>} null for a run that has no such
 *   list; withoutSinks: whether sinks are excluded, which runs of older builds cannot do
 */
async function pairsOf(run, layer, head, noSinks) {
  const { arrays } = run.meta;
  if (!arrays.strongest_pairs) return null;
  const withoutSinks = noSinks && "strongest_pairs_without_sinks" in arrays;
  const suffix = withoutSinks ? "_without_sinks" : "";
  const [examples, weights] = await Promise.all([
    run.array(`strongest_pairs${suffix}`, layer, head),
    run.array(`strongest_pair_weights${suffix}`, layer, head),
  ]);
  return { examples, weights, withoutSinks };
}
