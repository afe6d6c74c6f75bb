import assert from "node:assert/strict";
import { test } from "node:test";

import { cellText, findInstances, instanceTable, NUMBER, TEXT, TOKENS } from "../../../assets/js/lists/instance_table.mjs";
import { seenRows } from "../../../assets/js/kit/virtual_rows.mjs";

const TOKEN_TABLE = {
  tokens: [],
  texts: [],
  special: [],
  offsets: [0, 3, 4, 9],
  instances: ["The river bank", "A bat", "The Bank of England"],
  columns: { topic: ["water", "animals", "money"], score: [0.5, 10, 9] },
  grid: null,
};
const TABLE = instanceTable(TOKEN_TABLE, "Sentence");
const BY_NUMBER = { column: NUMBER, descending: false };

test("a row has its number, text, length and the columns of the file", () => {
  assert.deepEqual(TABLE.names, ["#", "Sentence", "Tokens", "topic", "score"]);
  assert.deepEqual(
    TABLE.columns.map((values) => values[2]),
    [3, "The Bank of England", 5, "money", 9],
  );
});

test("without a search all are there", () => {
  for (const search of ["", "  "]) assert.deepEqual(findInstances(TABLE, search, BY_NUMBER), [0, 1, 2]);
});

test("every word must be there, in text or columns, in any case and order", () => {
  assert.deepEqual(findInstances(TABLE, "BANK", BY_NUMBER), [0, 2]);
  assert.deepEqual(findInstances(TABLE, "money bank", BY_NUMBER), [2]);
  assert.deepEqual(findInstances(TABLE, "bank animals", BY_NUMBER), []);
  assert.deepEqual(findInstances(TABLE, ".*", BY_NUMBER), []);
});

test("a word does not reach over the end of a column", () => {
  assert.deepEqual(findInstances(TABLE, "bankwater", BY_NUMBER), []);
});

test("numbers are sorted as numbers, text as text, ties by number", () => {
  assert.deepEqual(findInstances(TABLE, "", { column: 4, descending: false }), [0, 2, 1]);
  assert.deepEqual(findInstances(TABLE, "", { column: TOKENS, descending: true }), [2, 0, 1]);
  assert.deepEqual(findInstances(TABLE, "", { column: TEXT, descending: false }), [1, 2, 0]);
  const same = instanceTable({ ...TOKEN_TABLE, columns: { same: ["a", "a", "a"] } }, "Sentence");
  for (const descending of [false, true]) assert.deepEqual(findInstances(same, "", { column: 3, descending }), [0, 1, 2]);
});

test("long fractions are cut", () => {
  assert.equal(cellText(1 / 3), "0.3333");
  assert.equal(cellText(12), "12");
  assert.equal(cellText("0.123456"), "0.123456");
});

test("only the seen rows and a few more are drawn", () => {
  assert.deepEqual(seenRows(0, 100, 10, 5000), { first: 0, end: 14 });
  assert.deepEqual(seenRows(2000, 100, 10, 5000), { first: 196, end: 214 });
  assert.deepEqual(seenRows(49_900, 100, 10, 5000), { first: 4986, end: 5000 });
  assert.deepEqual(seenRows(0, 100, 10, 0), { first: 0, end: 0 });
  assert.deepEqual(seenRows(900, 100, 10, 3), { first: 3, end: 3 });
});
