/* Extensions of the grid: links in the first column, and CSV headings that no spreadsheet evaluates. */
(function () {
  const scope = /** @type {any} */ (window);
  // Until the module has loaded, every heading is guarded.
  let inert = (/** @type {string} */ text) => `'${text}`;
  void import("./js/data/csv.mjs").then(({ inertText }) => (inert = inertText));
  scope.dashAgGridComponentFunctions = Object.assign(scope.dashAgGridComponentFunctions ?? {}, {
    HeadLink: (/** @type {any} */ { data }) =>
      scope.React.createElement("a", { href: data.href, className: "av-head-link", "data-action": "visit" }, data.name),
  });
  scope.dashAgGridFunctions = Object.assign(scope.dashAgGridFunctions ?? {}, {
    csvHeading: (/** @type {any} */ { api, column }) => inert(api.getDisplayNameForColumn(column, "csv")),
    csvGroup: (/** @type {any} */ { api, columnGroup }) => inert(api.getDisplayNameForColumnGroup(columnGroup, "csv")),
  });
})();
