import assert from "node:assert/strict";
import { test } from "node:test";

import { csvCell } from "../../../assets/js/data/csv.mjs";

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
