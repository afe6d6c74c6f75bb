import assert from "node:assert/strict";
import { test } from "node:test";

import { groupSentence, noGroups, packed, pointsOfHits, sentGroups, union } from "../../../assets/js/shell/groups.mjs";

test("hits are the queries and the keys of their tokens", () => {
  assert.deepEqual(pointsOfHits([0, 1, 0, 2]), Uint32Array.of(1, 3, 5, 7));
  assert.deepEqual(pointsOfHits([]), Uint32Array.of());
});

test("a union holds every point once, ascending, whatever their size", () => {
  assert.deepEqual(union(Uint32Array.of(9, 100_000), null, Uint32Array.of(9, 10)), Uint32Array.of(9, 10, 100_000));
  assert.deepEqual(union(null, null), Uint32Array.of());
});

test("points are sent as a bit each, the first in the highest bit", () => {
  assert.deepEqual([...atob(packed(Uint32Array.of(0, 7, 8), 5))].map((c) => c.charCodeAt(0)), [129, 128]);
});

test("a group shows its queries and keys", () => {
  assert.equal(groupSentence(Uint32Array.of(0, 1, 5), 4), "2 queries, 1 key");
  assert.equal(groupSentence(null, 4), "empty");
});

test("nothing is sent before there is a first group", () => {
  const groups = noGroups("r", 4);
  assert.equal(sentGroups({ ...groups, b: Uint32Array.of(1) }), null);
  assert.deepEqual(sentGroups({ ...groups, a: Uint32Array.of(1) }), { run: "r", a: btoa("\x40"), b: null });
});
