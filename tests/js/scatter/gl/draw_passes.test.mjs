import assert from "node:assert/strict";
import { test } from "node:test";

import { drawPasses } from "../../../../assets/js/scatter/motion.mjs";
import { Viewpoint } from "../../../../assets/js/scatter/camera/viewpoint.mjs";

function matrix() {
  const viewpoint = new Viewpoint();
  viewpoint.arrange(4, 5, { width: 600, height: 500 });
  return viewpoint;
}

const headsOf = (runs) => runs.flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i));

test("at rest one pass draws everything", () => {
  assert.deepEqual(drawPasses(matrix(), null), [{ runs: [{ first: 0, count: 20 }], opacity: 1 }]);
});

test("on the way to a head all others are drawn once and fade, and that head is drawn alone", () => {
  for (const head of [0, 7, 19]) {
    const companion = { head: { layer: Math.floor(head / 5), head: head % 5 }, share: 0.25 };
    const [others, alone] = drawPasses(matrix(), companion);
    assert.equal(others.opacity, 0.25);
    assert.deepEqual(alone, { runs: [{ first: head, count: 1 }], opacity: 1 });
    assert.deepEqual(
      headsOf(others.runs).sort((a, b) => a - b),
      Array.from({ length: 20 }, (_, i) => i).filter((i) => i !== head),
    );
    assert.ok(others.runs.every(({ first, count }) => Math.floor(first / 5) === Math.floor((first + count - 1) / 5)));
  }
});
