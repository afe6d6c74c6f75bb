import assert from "node:assert/strict";
import { test } from "node:test";

import { chosenLines, csvCell } from "../../../assets/js/data/csv.mjs";

test("plain text stays as it is", () => {
  for (const text of ["", "bank", " the", "a b", "naïve", "1.5"]) assert.equal(csvCell(text), text);
});

test("commas, quotes and line ends are quoted", () => {
  assert.equal(csvCell(","), '","');
  assert.equal(csvCell('say "a"'), '"say ""a"""');
  assert.equal(csvCell("two\nlines"), '"two\nlines"');
  assert.equal(csvCell("two\r\nlines"), '"two\r\nlines"');
});

test("what a spreadsheet would run is inert", () => {
  for (const text of ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"]) assert.equal(csvCell(text), `'${text}`);
  assert.equal(csvCell('=HYPERLINK("x")'), `"'=HYPERLINK(""x"")"`);
  assert.equal(csvCell("\r=1"), `"'\r=1"`);
});

test("chosen lines follow the header in their own order", () => {
  assert.equal(chosenLines("a,b\r\n0,1\r\n2,3\r\n4,5\r\n", [2, 0]), "a,b\r\n4,5\r\n0,1\r\n");
  assert.equal(chosenLines("a\r\n1\r\n", []), "a\r\n");
});
