/**
 * Controller: keeps plot, sidebar, controls and address in step. Every change is drawn at once; the server then confirms
 * it with the page, the legend and the values of the controls.
 */

import { RunData } from "../data/run_data.mjs";
import { instanceOf } from "../data/run_meta.mjs";
import { search } from "../data/search.mjs";
import { ThumbnailStrip } from "../lists/thumbnail_strip.mjs";
import { Scene } from "../scatter/scene.mjs";
import { currentAddress, followAddress, go, settle, visit } from "../state/address.mjs";
import { palette, theme } from "../state/appearance.mjs";
import { prefix, setProps } from "../state/dash.mjs";
import { allHeads, cleared, inOtherRun, mapChanges, neighbor, rowChanges } from "../state/changes.mjs";
import { saveHeadsCSV } from "./export.mjs";
import { pointsOfHits } from "./groups.mjs";
import { LassoPanel } from "./lasso_panel.mjs";
import { groupsIn } from "../sentence/choice_state.mjs";
import { speak, titleOf } from "./nouns.mjs";
import { reportSearch } from "./search_report.mjs";
import { Sidebar } from "./sidebar.mjs";
import { HeadTint } from "./tint.mjs";

/** @typedef {import("../state/view_state.mjs").StateTable} StateTable */
/** @typedef {import("../state/view_state.mjs").ViewState} ViewState */
/** @typedef {import("../data/run_meta.mjs").TokenRef} Point counted over the run */

const SEARCH_PAUSE_MS = 400;
/** Pause before the address follows changes that the page shows by itself. */
const NOTE_PAUSE_MS = 300;
/** Fields that views keep by themselves and only note here. */
const NOTED = /** @type {const} */ (["form", "threshold", "value_norm", "hidden", "pinned", "stretch", "dim", "camera"]);
/** Fields whose change moves the camera home. */
const PLACES = /** @type {const} */ (["view", "run", "layer", "head", "dims", "strongest", "only"]);

export class Controller {
  /**
   * @param {HTMLElement} shell
   * @param {StateTable} table
   */
  constructor(shell, table) {
    this.shell = shell;
    this.table = table;
    /** @type {ViewState} */
    this.state = table.defaults;
    /** @type {RunData | null} */
    this.run = null;
    /** @type {import("../data/search.mjs").SearchResult | null} */
    this.found = null;
    this.drawing = 0;
    this.ready = false;
    this.searchTimer = 0;
    /** Whether the server has yet to say how another run is shown. */
    this.awaited = false;
    this.noteTimer = 0;
    this.cameraTimer = 0;
    /** @type {string | null} place of a link that the next drawing moves the camera to */
    this.camera = null;
    /** Address that a pending search will replace; empty without one. */
    this.searchedAt = "";
    const stage = /** @type {HTMLElement} */ (document.getElementById("stage"));
    this.scene = new Scene(stage, {
      onOpenHead: (/** @type {{layer: number, head: number}} */ head) => this.change({ view: "head", ...head }),
      onSelectPoint: (/** @type {Point} */ point) => this.select(point),
      onHoverPoint: (/** @type {Point | null} */ point) => this.sidebar.hover(point),
      onClear: () => this.clear(),
      onLasso: (/** @type {{points: Uint32Array}} */ { points }) => void this.pick(points),
      onError: (/** @type {string} */ sentence) => this.complain(sentence),
      onMoved: () => {
        window.clearTimeout(this.cameraTimer);
        this.cameraTimer = window.setTimeout(() => this.note({ camera: this.scene.camera }), NOTE_PAUSE_MS);
      },
      fallbackImage: () => `${prefix()}picture/${this.state.view}.png${table.query(this.state) || "?"}&theme=${theme()}`,
    });
    this.tint = new HeadTint(this.scene);
    this.thumbnails = new ThumbnailStrip(/** @type {HTMLElement} */ (document.getElementById("thumbnails")), (instance) =>
      this.change({ instance, token: null, side: "query" }),
    );
    this.sidebar = new Sidebar({
      onChange: (changes, options) => this.change(changes, options),
      onNote: (changes) => this.note(changes),
      onHoverToken: (point) => this.scene.setHoveredPoint(point),
      onLines: (lines) => this.scene.setLines(this.state.lines ? lines : []),
    });
    this.lasso = new LassoPanel({
      onClose: () => this.scene.clearPicked(),
      onPoints: (points) => this.scene.setPicked(points),
    });
    followAddress();
  }

  /**
   * Show the resolved state of an address, as the server returns it.
   *
   * @param {{address: string, state: ViewState, problem: boolean, chosen: boolean} | null} page
   */
  apply(page) {
    if (!page || page.address !== currentAddress() || page.address === this.searchedAt) return;
    this.awaited = false;
    if (page.problem) {
      // The page shows the reason; a drawing under way would repeat it.
      this.drawing += 1;
      this.complain("");
      this.shell.dataset.view = "message";
      this.ready = true;
      return;
    }
    // The views may have noted more since they chose this state.
    const noted = Object.fromEntries(NOTED.map((name) => [name, this.state[name]]));
    const state = page.chosen ? { ...page.state, ...noted } : page.state;
    const other = this.run?.meta.run !== state.run || !this.table.same(this.state, state);
    if (other && !page.chosen) this.camera = state.camera;
    this.state = state;
    settle(this.table.href(state));
    if (other) void this.draw();
  }

  /**
   * Change some of the state, draw it and put it in the address.
   *
   * @param {Partial<ViewState>} changes
   * @param {{replace?: boolean}} [options]
   */
  change(changes, options) {
    const next = { ...this.state, ...changes };
    if (this.table.same(next, this.state)) return;
    if (next.instance !== this.state.instance) Object.assign(next, { hidden: groupsIn(next.hidden), pinned: "" });
    if (PLACES.some((name) => next[name] !== this.state[name])) next.camera = "";
    const left = next.run === this.state.run ? "" : this.state.run;
    if (left) Object.assign(next, inOtherRun(next, this.run));
    this.awaited ||= Boolean(left);
    const chosen = next.run === this.run?.meta.run;
    // The server sets the menu of runs, together with the other menus of that run.
    const { run, ...values } = this.table.shown(this.state, next);
    for (const [id, value] of Object.entries(values)) setProps(id, { value });
    this.state = next;
    if (chosen) void this.draw();
    else this.ready = false;
    go(this.table.href(next), { ...options, chosen, left });
  }

  /**
   * Keep changes that a view shows already; the address follows after a pause.
   *
   * @param {Partial<ViewState>} changes
   */
  note(changes) {
    const next = { ...this.state, ...changes };
    if (this.table.same(next, this.state)) return;
    this.state = next;
    window.clearTimeout(this.noteTimer);
    this.noteTimer = window.setTimeout(() => settle(this.table.href(this.state)), NOTE_PAUSE_MS);
  }

  /** Copy the present address. */
  async copyLink() {
    settle(this.table.href(this.state));
    await navigator.clipboard.writeText(window.location.href);
  }

  /** @param {...unknown} values of the controls with this handler */
  choose(...values) {
    const { changes, complete } = this.#chosen("choose", values);
    const { run } = changes;
    if (this.shell.dataset.view === "message") {
      // Nothing is shown, so only another run can be chosen.
      if (run) this.change({ run });
      return;
    }
    if (!this.run || !complete) return;
    if (run !== this.state.run) this.change({ run });
    // The menus of another run arrive before its state: their values are no choice of the user.
    else if (!this.awaited) this.change(changes);
  }

  /**
   * @param {"choose" | "search"} handler
   * @param {readonly unknown[]} values
   */
  #chosen(handler, values) {
    return this.table.chosen(this.state, this.run?.meta.inputs.kind ?? "text", handler, values);
  }

  /** @param {{rowId: string, colId: string} | undefined} cell of the table of heads */
  openRow(cell) {
    this.change(rowChanges(cell) ?? {});
  }

  /**
   * Save the metrics of the heads in the table, in its order.
   *
   * @param {number | undefined} clicks
   * @param {{layer: number, head: number}[] | undefined} rows after filters and sorting
   */
  async saveHeads(clicks, rows) {
    if (clicks && rows && this.run) await saveHeadsCSV(this.run, rows, this.state.no_sinks);
  }

  /** @param {{points: {pointNumber: number}[]} | undefined} clicked on the map of heads */
  openMapped(clicked) {
    if (this.run) this.change(mapChanges(clicked, this.run.meta.model.n_heads) ?? {});
  }

  /**
   * Search: the plot follows every key stroke, the address follows after a pause.
   *
   * @param {...unknown} values of the controls with this handler
   */
  search(...values) {
    const next = { ...this.state, ...this.#chosen("search", values).changes };
    if (!this.run || this.table.same(next, this.state)) return;
    this.state = next;
    void this.draw();
    window.clearTimeout(this.searchTimer);
    const address = currentAddress();
    this.searchedAt = address;
    this.searchTimer = window.setTimeout(() => {
      this.searchedAt = "";
      // A link that was followed during the pause wins.
      if (currentAddress() === address) go(this.table.href(this.state), { replace: true });
    }, SEARCH_PAUSE_MS);
  }

  /** @param {Point} point */
  async select({ token, side }) {
    const { offsets } = await this.tokens();
    const instance = instanceOf(offsets, token);
    this.change({ instance, token: token - offsets[instance], side });
  }

  /** Close what was opened last: picked points, strongest pairs, the selection; with none of them leave the head. */
  clear() {
    if (this.lasso.isOpen && this.state.view === "head") this.lasso.close();
    else if (this.state.pairs && this.state.instance === null && this.state.view === "head") this.change({ pairs: false });
    else if (this.state.instance !== null && this.state.view === "head") this.change(cleared(this.state));
    else if (this.state.view !== "matrix") this.change(allHeads(this.state));
  }

  /** Show all heads of the run as it opens, or of the default run where none is open. */
  home() {
    if (this.run && this.shell.dataset.view !== "message") this.change({ ...this.table.defaults, run: this.run.meta.run });
    else visit("./");
  }

  /** @param {"up" | "down" | "left" | "right"} direction */
  step(direction) {
    const next = this.run && neighbor(this.state, direction, this.run.meta.model);
    if (next) this.change(next);
  }

  /** @param {number} by */
  stepInstance(by) {
    const count = this.run?.meta.inputs.n_instances ?? 0;
    const instance = (this.state.instance ?? 0) + by;
    if (instance >= 0 && instance < count) this.change({ instance, token: null });
  }

  /** @param {Uint32Array} points */
  async pick(points) {
    this.lasso.show(await this.tokens(), points);
  }

  /** @param {string} asked group and source, such as "a:hits" */
  takeGroup(asked) {
    const [group, source] = /** @type {["a" | "b", "picked" | "hits" | "none"]} */ (asked.split(":"));
    this.lasso.take(group, source, pointsOfHits(this.found?.hits ?? []));
  }

  async tokens() {
    if (!this.run) throw new Error("No run is open.");
    return this.run.tokens();
  }

  /** Draw the present state; a newer call cancels an older one. */
  async draw() {
    const ticket = ++this.drawing;
    const state = this.state;
    this.ready = false;
    this.complain("");
    try {
      if (this.run?.meta.run !== state.run) {
        const run = await RunData.open(`${prefix()}data`, state.run);
        if (ticket !== this.drawing) return;
        this.run = run;
        this.shell.dataset.kind = run.meta.inputs.kind;
        speak(this.shell, run.meta.nouns);
      }
      const run = /** @type {RunData} */ (this.run);
      const [tokens, choice] = await Promise.all([run.tokens(), this.#headChoice(run, state)]);
      if (ticket !== this.drawing) return;
      this.lasso.groups.belongTo(run.meta.run, run.meta.nTokens);
      const hidden = state.no_sinks ? tokens.sinks : null;
      this.found = state.search ? search(tokens, state.search, state.search_mode, hidden) : null;
      reportSearch(this.found, tokens, { kind: run.meta.inputs.kind, mode: state.search_mode });
      this.shell.dataset.view = state.view;
      document.title = titleOf(state, run.meta);
      this.mark();
      const sidebar = this.sidebar.show(run, state);
      const thumbnails = state.view === "head" ? this.thumbnails.show(run, state.instance) : null;
      this.tint.show(choice?.shades ?? null);
      const arrangement = choice?.order ? { heads: choice.order, captions: choice.captions } : null;
      const { view } = state;
      if (view === "matrix" || view === "head") {
        const look = { theme: theme(), palette: palette(), arrangement, hidden };
        await this.scene.show(run, { ...this.table.decided(state, run.meta.inputs.kind), view }, { searchResult: this.found, ...look });
      }
      if (view === "matrix") void this.#noteHeads(run, state, ticket);
      await Promise.all([sidebar, thumbnails]);
      if (ticket === this.drawing && this.camera !== null) {
        this.scene.look(this.camera);
        this.camera = null;
      }
      if (ticket === this.drawing) this.ready = true;
    } catch (error) {
      if (ticket !== this.drawing) return;
      this.complain(error instanceof Error ? error.message : String(error));
      this.ready = true;
    }
  }

  /** Mark the pressed buttons and disable the arrows at the edges. */
  mark() {
    const model = this.run?.meta.model;
    for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (this.shell.querySelectorAll("[data-action]"))) {
      const { action, value } = button.dataset;
      if (action === "dims") button.setAttribute("aria-pressed", String(Number(value) === this.state.dims));
      if (model && (action === "up" || action === "down" || action === "left" || action === "right")) {
        button.disabled = neighbor(this.state, action, model) === null;
      }
    }
  }

  /** @param {string} sentence empty for none but a lasting failure of the scene */
  complain(sentence) {
    setProps("message", { children: sentence || this.scene.failure });
  }

  /** @param {{layer: number, head: number, token: number, side: "query" | "key"}} point */
  screenXY(point) {
    return this.scene.screenXY(point);
  }

  /**
   * Load the tooltips of the heads, after the picture.
   *
   * @param {RunData} run
   * @param {ViewState} state
   * @param {number} ticket of the drawing
   */
  async #noteHeads(run, { tint, no_sinks }, ticket) {
    this.scene.setHeadNotes([]);
    const notes = await run.headNotes(this.table.query({ ...this.table.defaults, tint, no_sinks })).catch(() => []);
    if (ticket === this.drawing) this.scene.setHeadNotes(notes);
  }

  /**
   * Order, captions and shades of the heads; null for the whole matrix without a tint.
   *
   * @param {RunData} run
   * @param {ViewState} state
   */
  async #headChoice(run, { tint, strongest, only, no_sinks }) {
    if (!tint && !only) return null;
    return run.headChoice(this.table.query({ ...this.table.defaults, tint, strongest, only, no_sinks }));
  }
}
