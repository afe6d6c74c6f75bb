import assert from "node:assert/strict";
import { test } from "node:test";

import { ByteLru } from "../../../assets/js/data/byte_lru.mjs";

const loader =
  (bytes, log = []) =>
  (name) =>
  async () => {
    log.push(name);
    return { value: name, bytes };
  };

test("a value is loaded once, also when asked for twice at the same time", async () => {
  const log = [];
  const load = loader(1, log);
  const lru = new ByteLru(10);
  const values = await Promise.all([lru.get("a", load("a")), lru.get("a", load("a"))]);
  assert.deepEqual(values, ["a", "a"]);
  assert.equal(await lru.get("a", load("a")), "a");
  assert.deepEqual(log, ["a"]);
});

test("the least recently used values go first when the budget is exceeded", async () => {
  const log = [];
  const load = loader(4, log);
  const lru = new ByteLru(10);
  await lru.get("a", load("a"));
  await lru.get("b", load("b"));
  await lru.get("a", load("a"));
  await lru.get("c", load("c"));
  assert.equal(lru.size, 2);
  assert.equal(lru.bytes, 8);
  await lru.get("a", load("a"));
  await lru.get("b", load("b"));
  assert.deepEqual(log, ["a", "b", "c", "b"]);
});

test("a value larger than the budget is given and stays until the next one", async () => {
  const lru = new ByteLru(10);
  assert.equal(await lru.get("big", loader(50)("big")), "big");
  assert.equal(lru.bytes, 50);
  await lru.get("small", loader(1)("small"));
  assert.equal(lru.bytes, 1);
  assert.equal(lru.size, 1);
});

test("a failed load rejects and is tried again", async () => {
  const lru = new ByteLru(10);
  await assert.rejects(
    lru.get("a", async () => {
      throw new Error("no");
    }),
    /no/,
  );
  assert.equal(lru.size, 0);
  assert.equal(await lru.get("a", loader(1)("a")), "a");
});

test("memory stays within the budget over many values", async () => {
  const lru = new ByteLru(100);
  for (let i = 0; i < 300; i++) await lru.get(`k${i}`, loader(7)(`k${i}`));
  assert.ok(lru.bytes <= 100);
  assert.equal(lru.size, 14);
});
