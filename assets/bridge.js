/*
 * Clientside functions of Dash, which may be called before the modules have loaded: each call waits for the controller.
 * Requests of Dash and of the modules are retried until the server responds.
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
  const functions = ["apply", "choose", "search", "openRow", "openMapped", "saveHeads"];
  const call = (/** @type {string} */ name) => (/** @type {unknown[]} */ ...values) =>
    ready.then((/** @type {any} */ controller) => controller[name](...values));
  scope.dash_clientside = Object.assign({}, scope.dash_clientside, {
    attentionviz: Object.fromEntries(functions.map((name) => [name, call(name)])),
  });
  const fetch = window.fetch.bind(window);
  const say = (/** @type {string} */ sentence) => void ready.then((/** @type {any} */ controller) => controller.complain(sentence));
  const patient = import("./js/data/patient_fetch.mjs").then(({ patientFetch }) => patientFetch(fetch, { say }));
  window.fetch = (input, init) => patient.then((fetchPatiently) => fetchPatiently(input, init));
  const kept = localStorage.getItem("attentionviz-theme");
  const theme = kept ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  document.documentElement.dataset.bsTheme = theme;
  document.documentElement.dataset.palette = localStorage.getItem("attentionviz-palette") ?? "standard";
})();
