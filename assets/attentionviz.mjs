/** Entry module: creates the controller once Dash has rendered the shell, and publishes window.attentionviz. */

import { Controller } from "./js/shell/controller.mjs";
import { listenForActions } from "./js/shell/actions.mjs";
import { copyTestIds, rendered } from "./js/state/dash.mjs";
import { StateTable } from "./js/state/view_state.mjs";
import { closeMenus } from "./js/kit/menus.mjs";
import { InfoTips } from "./js/kit/info_tips.mjs";
import { report } from "./js/shell/report.mjs";

const shell = await rendered("shell");
await rendered("sidebar");
const table = new StateTable(JSON.parse(shell.dataset.stateTable ?? "{}"));
const controller = new Controller(shell, table);
copyTestIds(shell, table.controls.map(({ id }) => id));
closeMenus(shell);
listenForActions(shell, controller);
new InfoTips(shell);

const scope = /** @type {any} */ (window);
scope.attentionviz = {
  state: () => report(controller),
  screenXY: (/** @type {any} */ point) => controller.screenXY(point),
};
scope.attentionvizLoaded(controller);
