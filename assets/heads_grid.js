/* Extension of the grid: links in the first column. */
(function () {
  const scope = /** @type {any} */ (window);
  scope.dashAgGridComponentFunctions = Object.assign(scope.dashAgGridComponentFunctions ?? {}, {
    HeadLink: (/** @type {any} */ { data }) =>
      scope.React.createElement("a", { href: data.href, className: "av-head-link", "data-action": "visit" }, data.name),
  });
})();
