/** Entry module: builds the controller once Dash has drawn the shell, and publishes window.attentionviz. */

import { Controller } from "./js/shell/controller.mjs";
import { listenForActions } from "./js/shell/actions.mjs";
import { rendered } from "./js/state/dash.mjs";
import { InfoTips } from "./js/kit/info_tips.mjs";
import { report } from "./js/shell/report.mjs";
import { copyTestIds } from "./js/shell/test_ids.mjs";

const shell = await rendered("shell");
await rendered("sidebar");
const controller = new Controller(shell);
copyTestIds(shell);
listenForActions(shell, controller);
new InfoTips(shell);

const scope = /** @type {any} */ (window);
scope.attentionviz = {
  state: () => report(controller),
  screenXY: (/** @type {any} */ point) => controller.screenXY(point),
};
scope.attentionvizLoaded(controller);
