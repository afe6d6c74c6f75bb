/* What the table of heads needs of its grid: links in its first column, and headings that no spreadsheet evaluates. */
(function () {
  const scope = /** @type {any} */ (window);
  const inert = (/** @type {string} */ text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
  scope.dashAgGridComponentFunctions = Object.assign(scope.dashAgGridComponentFunctions ?? {}, {
    HeadLink: (/** @type {any} */ { data }) =>
      scope.React.createElement("a", { href: data.href, className: "av-head-link", "data-action": "visit" }, data.name),
  });
  scope.dashAgGridFunctions = Object.assign(scope.dashAgGridFunctions ?? {}, {
    csvHeading: (/** @type {any} */ { api, column }) => inert(api.getDisplayNameForColumn(column, "csv")),
    csvGroup: (/** @type {any} */ { api, columnGroup }) => inert(api.getDisplayNameForColumnGroup(columnGroup, "csv")),
  });
})();
