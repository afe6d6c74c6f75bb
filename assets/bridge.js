/*
 * Dash calls clientside functions by name and may do so before the modules have loaded: each call waits for them.
 * Requests of Dash and of the modules are repeated while nobody answers.
 * A classic script, so that it runs before Dash starts.
 */
(function () {
  /** @type {(controller: object) => void} */
  let resolve;
  const ready = new Promise((done) => {
    resolve = done;
  });
  const scope = /** @type {any} */ (window);
  scope.attentionvizLoaded = (/** @type {object} */ controller) => resolve(controller);
  scope.dash_clientside = Object.assign({}, scope.dash_clientside, {
    attentionviz: {
      apply: (/** @type {object} */ page) => ready.then((/** @type {any} */ controller) => controller.apply(page)),
      choose: (/** @type {unknown[]} */ ...values) => ready.then((/** @type {any} */ controller) => controller.choose(...values)),
      chooseTint: (/** @type {string} */ metric, /** @type {string} */ strongest) =>
        ready.then((/** @type {any} */ controller) => controller.chooseTint(metric, strongest)),
      chooseSinks: (/** @type {boolean} */ out) => ready.then((/** @type {any} */ controller) => controller.chooseSinks(out)),
      openRow: (/** @type {{rowId: string, colId: string} | undefined} */ cell) =>
        ready.then((/** @type {any} */ controller) => controller.openRow(cell)),
      openMapped: (/** @type {{points: {pointNumber: number}[]} | undefined} */ clicked) =>
        ready.then((/** @type {any} */ controller) => controller.openMapped(clicked)),
      search: (/** @type {string} */ text, /** @type {string} */ mode) =>
        ready.then((/** @type {any} */ controller) => controller.search(text, mode)),
    },
  });
  const fetch = window.fetch.bind(window);
  const say = (/** @type {string} */ sentence) => void ready.then((/** @type {any} */ controller) => controller.complain(sentence));
  const patient = import("./js/data/patient_fetch.mjs").then(({ patientFetch }) => patientFetch(fetch, { say }));
  window.fetch = (input, init) => patient.then((fetchPatiently) => fetchPatiently(input, init));
  const kept = localStorage.getItem("attentionviz-theme");
  const theme = kept ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  document.documentElement.dataset.bsTheme = theme;
  document.documentElement.dataset.palette = localStorage.getItem("attentionviz-palette") ?? "standard";
  document.documentElement.dataset.findings = localStorage.getItem("attentionviz-findings") ?? "open";
})();
