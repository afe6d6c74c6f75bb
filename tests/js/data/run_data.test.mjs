import assert from "node:assert/strict";
import { test } from "node:test";

import { ByteLru } from "../../../assets/js/data/byte_lru.mjs";
import { RunData } from "../../../assets/js/data/run_data.mjs";
import { decode, instanceOf, kvHead } from "../../../assets/js/data/run_meta.mjs";

const META = {
  run: "r",
  model: { n_layers: 2, n_heads: 2, n_kv_heads: 1 },
  nTokens: 3,
  encodings: [
    { name: "position", by_layout: false, per_head: false },
    { name: "norm", by_layout: false, per_head: true },
    { name: "trust", by_layout: true, per_head: true },
  ],
  arrays: {
    "coords.tsne.2": { dtype: "uint16", shape: [2, 2, 6, 2], sha256: "aa" },
    draw_order: { dtype: "uint32", shape: [6], sha256: "bb" },
    query_norms: { dtype: "float32", shape: [2, 2, 3], sha256: "cc" },
    "encoding.position": { dtype: "float32", shape: [3], sha256: "dd" },
    "trust.tsne.2": { dtype: "uint8", shape: [2, 2, 6], sha256: "ee" },
  },
};
const TSNE = { projection: "tsne", dims: 2 };
const TOKENS = { offsets: [0, 2, 3] };

function server(answers) {
  const requests = [];
  const fetch = async (url) => {
    requests.push(url);
    const answer = { "/data/r/run.json": META, "/data/r/tokens.json": TOKENS, ...answers }[url];
    if (answer === undefined) return new Response(JSON.stringify({ error: "There is no such part." }), { status: 404 });
    return new Response(ArrayBuffer.isView(answer) ? answer : JSON.stringify(answer));
  };
  return { requests, open: () => RunData.open("/data/", "r", { fetch, cache: new ByteLru(1e6) }) };
}

test("arrays arrive as their types from content-addressed URLs, and only once", async () => {
  const coords = Uint16Array.from({ length: 48 }, (_, i) => i * 1000);
  const { requests, open } = server({ "/data/r/array/coords.tsne.2?v=aa": coords });
  const run = await open();
  const [first, second] = await Promise.all([run.coords({ projection: "tsne", dims: 2 }), run.coords({ projection: "tsne", dims: 2 })]);
  assert.ok(first instanceof Uint16Array);
  assert.deepEqual(first, coords);
  assert.equal(first, second);
  assert.deepEqual(requests, ["/data/r/run.json", "/data/r/array/coords.tsne.2?v=aa"]);
});

const SECOND = {
  ...META,
  arrays: {
    ...META.arrays,
    "extent.tsne.2": { dtype: "float32", shape: [2, 2, 3], sha256: "e1" },
    rows_without_sinks: { dtype: "int32", shape: [2, 2], sha256: "ff" },
    "coords_without_sinks.tsne.2": { dtype: "uint16", shape: [2, 6, 2], sha256: "gg" },
    "extent_without_sinks.tsne.2": { dtype: "float32", shape: [2, 3], sha256: "e2" },
  },
};
const LAYOUTS = {
  "/data/r/run.json": SECOND,
  "/data/r/array/coords.tsne.2?v=aa": new Uint16Array(48).fill(1),
  "/data/r/array/extent.tsne.2?v=e1": Float32Array.from({ length: 12 }, (_, i) => i),
  "/data/r/array/coords_without_sinks.tsne.2?v=gg": Uint16Array.from({ length: 24 }, (_, i) => (i < 12 ? 2 : 3)),
  "/data/r/array/extent_without_sinks.tsne.2?v=e2": Float32Array.of(-1, -2, -3, -4, -5, -6),
  "/data/r/array/rows_without_sinks?v=ff": Int32Array.of(-1, 1, 0, -1),
};

test("without sinks, heads with a second layout show it and the others their only one", async () => {
  const { open } = server(LAYOUTS);
  const run = await open();
  const [coords, again] = await Promise.all([run.coords({ projection: "tsne", dims: 2, no_sinks: true }), run.coords({ projection: "tsne", dims: 2, no_sinks: true })]);
  assert.deepEqual(
    [0, 1, 2, 3].map((head) => [...new Set(coords.subarray(12 * head, 12 * head + 12))]),
    [[1], [3], [2], [1]],
  );
  assert.equal(coords, again, "an unchanged picture is not sent to the graphics card again");
  assert.ok((await run.coords({ projection: "tsne", dims: 2 })).every((value) => value === 1));
});

test("a head's layout without sinks comes with its own cube", async () => {
  const { open } = server({ ...LAYOUTS, "/data/r/array/extent.tsne.2/1/0?v=e1": Float32Array.of(6, 7, 8), "/data/r/array/coords.tsne.2/1/0?v=aa": new Uint16Array(12) });
  const run = await open();
  const second = { ...TSNE, no_sinks: true };
  const coords = await run.headLayout("coords", second, 1, 0);
  const extent = await run.headLayout("extent", second, 1, 0);
  assert.deepEqual([...coords], Array(12).fill(2));
  assert.deepEqual([...extent], [-1, -2, -3]);
  assert.deepEqual([...await run.headLayout("extent", second, 1, 1)], [9, 10, 11]);
  assert.deepEqual([...await run.headLayout("extent", TSNE, 1, 0)], [6, 7, 8]);
});

test("a run without second layouts shows its only ones", async () => {
  const { open } = server({ "/data/r/array/coords.tsne.2?v=aa": new Uint16Array(48) });
  const run = await open();
  assert.equal(await run.coords({ projection: "tsne", dims: 2, no_sinks: true }), await run.coords({ projection: "tsne", dims: 2 }));
});

test("one head of an array is fetched alone", async () => {
  const { open } = server({ "/data/r/array/query_norms/1/0?v=cc": Float32Array.of(1, 2, 3) });
  assert.deepEqual(await (await open()).array("query_norms", 1, 0), Float32Array.of(1, 2, 3));
});

test("colors have one byte a point, or one a point of every head", async () => {
  const shared = new Uint8Array(6).fill(7);
  const byHead = new Uint8Array(24).fill(9);
  const { open } = server({ "/data/r/colors/position?v=dd-255": shared, "/data/r/colors/norm?v=r-255": byHead });
  const run = await open();
  assert.deepEqual(await run.colors("position", TSNE), shared);
  assert.deepEqual(await run.colors("norm", TSNE), byHead);
});

test("the colors of trust are the array of the layout on show", async () => {
  const steps = new Uint8Array(24).fill(120);
  const { open } = server({ "/data/r/array/trust.tsne.2?v=ee": steps });
  assert.deepEqual(await (await open()).colors("trust", TSNE), steps);
});

test("a pattern has a row a query of its instance", async () => {
  const pattern = Float32Array.of(1, 0, 0.5, 0.5);
  const { open } = server({ "/data/r/pattern/0/1/0": pattern, "/data/r/value-norms/0/1/1": Float32Array.of(2) });
  const run = await open();
  assert.deepEqual(await run.pattern(0, 1, 0), pattern);
  assert.deepEqual(await run.valueNorms(0, 1, 1), Float32Array.of(2));
});

test("all heads of an image come in two responses", async () => {
  const patterns = Float32Array.of(1, 0, 0.5, 0.5, 1, 0, 0.25, 0.75);
  const norms = Float32Array.of(2, 3, 4, 5);
  const { requests, open } = server({ "/data/r/layer-patterns/1/0": patterns, "/data/r/layer-value-norms/1/0": norms });
  const run = await open();
  const before = requests.length;
  const heads = await run.headsOfImage(1, 0);
  assert.equal(requests.length - before, 3); // tokens.json knows the length
  assert.deepEqual(
    heads.map(({ pattern, valueNorms }) => [[...pattern], [...valueNorms]]),
    [
      [[1, 0, 0.5, 0.5], [2, 3]],
      [[1, 0, 0.25, 0.75], [4, 5]],
    ],
  );
});

test("a rollout has a row a token of its instance", async () => {
  const shares = Float32Array.of(1, 0, 0.25, 0.75);
  const { open } = server({ "/data/r/rollout/1/0": shares });
  assert.deepEqual(await (await open()).rollout(1, 0), shares);
});

test("a refusal rejects with the server's sentence and is asked again", async () => {
  const { requests, open } = server({});
  const run = await open();
  await assert.rejects(run.drawOrder(), { message: "There is no such part." });
  await assert.rejects(run.drawOrder(), { message: "There is no such part." });
  assert.equal(requests.length, 3);
});

test("an unknown array, a short answer and a dead server are said in a sentence", async () => {
  const { open } = server({ "/data/r/array/draw_order?v=bb": new Uint32Array(5) });
  const run = await open();
  await assert.rejects(run.coords({ projection: "umap", dims: 3 }), /no coords\.umap\.3/);
  await assert.rejects(run.drawOrder(), /incomplete/);
  const dead = RunData.open("/data", "r", {
    cache: new ByteLru(1),
    fetch: () => Promise.reject(new TypeError("fetch failed")),
  });
  await assert.rejects(dead, /does not respond/);
});

test("run identifiers cannot leave the data routes", async () => {
  const seen = [];
  const fetch = async (url) => {
    seen.push(url);
    return new Response("{}");
  };
  await RunData.open("/data", "../secret?x#y", { fetch, cache: new ByteLru(1) });
  assert.deepEqual(seen, ["/data/..%2Fsecret%3Fx%23y/run.json"]);
});

test("types that the browser does not know are refused", () => {
  assert.throws(() => decode(new ArrayBuffer(8), "complex64", 1), /unknown type complex64/);
});

test("query heads share key-value heads evenly", () => {
  const model = { n_heads: 9, n_kv_heads: 3 };
  assert.deepEqual(
    Array.from({ length: 9 }, (_, head) => kvHead(model, head)),
    [0, 0, 0, 1, 1, 1, 2, 2, 2],
  );
});

test("every token belongs to the instance that its offsets say", () => {
  const offsets = [0, 1, 4, 9];
  const expected = [0, 1, 1, 1, 2, 2, 2, 2, 2];
  assert.deepEqual(
    Array.from({ length: 9 }, (_, token) => instanceOf(offsets, token)),
    expected,
  );
});
