import assert from "node:assert/strict";
import { test } from "node:test";

import * as choose from "../../../assets/js/sentence/choices.mjs";

const TEXTS = ["[CLS]", "a", "b", "[SEP]", "c", "[SEP]"];
const SPECIAL = TEXTS.map((text) => text.startsWith("["));
const GROUPS = choose.findGroups(TEXTS, SPECIAL);
const ALL = new Set(["cls", "sep", "first", "bos"]);
const sorted = (set) => [...set].sort((a, b) => a - b);

test("groups are found by name, else by place", () => {
  assert.deepEqual(GROUPS, { cls: [0], sep: [3, 5], first: [0], bos: [0] });
  assert.deepEqual(choose.findGroups(["<s>", "x", "</s>"], [true, false, true]).cls, [0]);
  assert.deepEqual(choose.findGroups(["x", "<sep>", "<cls>"], [false, true, true]), {
    cls: [2],
    sep: [1],
    first: [0],
    bos: [0],
  });
  assert.deepEqual(choose.findGroups(["x"], [false]), { cls: [], sep: [], first: [0], bos: [0] });
});

test("a token is hidden and shown again on its own side, and the former choices stay as they were", () => {
  const hidden = choose.toggleHidden(choose.INITIAL, { token: 2, side: "key" });
  assert.deepEqual([sorted(hidden.hiddenKeys), sorted(hidden.hiddenQueries)], [[2], []]);
  assert.deepEqual(sorted(choose.toggleHidden(hidden, { token: 2, side: "key" }).hiddenKeys), []);
  assert.equal(choose.INITIAL.hiddenKeys.size, 0);
});

test("a group is hidden on both sides, and partly once one of its tokens is shown again", () => {
  const hidden = choose.hideGroup(choose.INITIAL, "sep", true, GROUPS);
  assert.deepEqual([sorted(hidden.hiddenKeys), sorted(hidden.hiddenQueries)], [[3, 5], [3, 5]]);
  assert.equal(choose.hiddenShare(hidden, GROUPS.sep), "all");
  const partly = choose.toggleHidden(hidden, { token: 3, side: "query" });
  assert.equal(choose.hiddenShare(partly, GROUPS.sep), "some");
  assert.equal(choose.hiddenShare(choose.hideGroup(partly, "sep", false, GROUPS), GROUPS.sep), "none");
});

test("another sentence keeps hidden groups, not hidden tokens or pins", () => {
  let choices = choose.hideGroup(choose.INITIAL, "sep", true, GROUPS);
  choices = choose.toggleHidden(choices, { token: 1, side: "query" });
  choices = choose.togglePinned(choices, { token: 2, side: "key" });
  const other = choose.forSentence(choices, choose.findGroups(["[CLS]", "[SEP]"], [true, true]), ALL);
  assert.deepEqual([sorted(other.hiddenKeys), sorted(other.hiddenQueries), other.pinned], [[1], [1], []]);
  const withoutGroup = choose.forSentence(choices, GROUPS, new Set(["first"]));
  assert.equal(withoutGroup.hiddenKeys.size, 0);
});

test("at most four tokens are pinned; pinning one again takes the pin out", () => {
  let choices = choose.INITIAL;
  for (let token = 0; token < 4; token++) choices = choose.togglePinned(choices, { token, side: "query" });
  assert.equal(choose.togglePinned(choices, { token: 4, side: "query" }), null);
  const fewer = choose.togglePinned(choices, { token: 1, side: "query" });
  assert.deepEqual(fewer.pinned.map(({ token }) => token), [0, 2, 3]);
  assert.equal(choose.togglePinned(choices, { token: 0, side: "key" }), null);
});

test("reset shows everything and keeps form and selection", () => {
  const selected = { token: 1, side: "key" };
  const hidden = choose.hideGroup(choose.INITIAL, "cls", true, GROUPS);
  const choices = { ...hidden, form: "matrix", valueNorm: true, selected };
  assert.deepEqual(choose.reset(choices), { ...choose.INITIAL, form: "matrix", selected });
});

test("the hovered token has the focus, else the pinned ones", () => {
  const pinned = choose.togglePinned(choose.INITIAL, { token: 2, side: "key" });
  assert.deepEqual(choose.focusOf(pinned), [{ token: 2, side: "key" }]);
  const hovered = { token: 0, side: "query" };
  assert.deepEqual(choose.focusOf({ ...pinned, hovered }), [hovered]);
  assert.deepEqual(choose.focusOf(choose.INITIAL), []);
});

test("tokens that the application excludes are hidden beside those hidden by hand, and return alone", () => {
  const byHand = choose.toggleHidden(choose.INITIAL, { token: 2, side: "key" });
  const out = choose.hideSinks(byHand, new Set(), new Set([0, 5]));
  assert.deepEqual([sorted(out.hiddenKeys), sorted(out.hiddenQueries)], [
    [0, 2, 5],
    [0, 5],
  ]);
  const back = choose.hideSinks(out, new Set([0, 5]), new Set());
  assert.deepEqual([sorted(back.hiddenKeys), sorted(back.hiddenQueries)], [[2], []]);
  const again = choose.hideSinks(choose.reset(out), new Set(), new Set([0, 5]));
  assert.deepEqual(sorted(again.hiddenKeys), [0, 5]);
});
