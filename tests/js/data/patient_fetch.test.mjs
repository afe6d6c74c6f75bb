import assert from "node:assert/strict";
import { test } from "node:test";

import { NO_ANSWER, TRYING, patientFetch } from "../../../assets/js/data/patient_fetch.mjs";

/** A fetch that goes through given outcomes: a status, or an Error to reject with. */
function server(...outcomes) {
  const asked = [];
  const said = [];
  const fetch = async (input) => {
    asked.push(input);
    const outcome = outcomes.length > 1 ? outcomes.shift() : outcomes[0];
    if (outcome instanceof Error) throw outcome;
    return new Response(null, { status: outcome });
  };
  return { asked, said, fetch: patientFetch(fetch, { say: (sentence) => said.push(sentence), pauses: [1, 1, 1] }) };
}

const refused = new TypeError("Failed to fetch");

test("an answer is returned at once, whatever its status", async () => {
  for (const status of [200, 204, 404, 500, 503]) {
    const { asked, said, fetch } = server(status);
    assert.equal((await fetch("/a")).status, status);
    assert.deepEqual([asked, said], [["/a"], []]);
  }
});

test("a request waits for a server that comes back, and reports the wait", async () => {
  const { asked, said, fetch } = server(refused, 502, 200);
  assert.equal((await fetch("/a")).status, 200);
  assert.deepEqual([asked.length, said], [3, [TRYING, ""]]);
});

test("a server that stays away is given up, in a sentence", async () => {
  const { asked, said, fetch } = server(refused);
  await assert.rejects(fetch("/a"), refused);
  assert.deepEqual([asked.length, said], [4, [TRYING, NO_ANSWER]]);
});

test("several requests in trouble say it once, and that it is over when all are answered", async () => {
  const { said, fetch } = server(refused, refused, 504, 200);
  const answers = await Promise.all([fetch("/a"), fetch("/b")]);
  assert.deepEqual(answers.map(({ status }) => status), [200, 200]);
  assert.deepEqual(said, [TRYING, ""]);
});

test("what the page itself gave up is not asked for again", async () => {
  const { asked, said, fetch } = server(new DOMException("gone", "AbortError"));
  await assert.rejects(fetch("/a"), { name: "AbortError" });
  assert.deepEqual([asked.length, said], [1, []]);
});
