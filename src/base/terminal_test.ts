import assert from "node:assert/strict";
import { test } from "node:test";
import { takesColor, widthOf } from "./terminal.ts";

test("a terminal knows its width; elsewhere COLUMNS says it, where it is one", () => {
  assert.equal(widthOf({ isTTY: true, columns: 63 }, { COLUMNS: "40" }), 63);
  assert.equal(widthOf({}, { COLUMNS: "40" }), 40);
  for (const COLUMNS of [undefined, "", "0", "7", "-40", "4e1", "40.5", "wide", "99999"]) {
    assert.equal(widthOf({}, { COLUMNS }), 100, `COLUMNS=${COLUMNS}`);
  }
});

test("escapes go to a terminal that takes them, and to nothing else", () => {
  const terminal = { isTTY: true };
  assert.equal(takesColor(terminal, { TERM: "xterm-256color" }), true);
  assert.equal(takesColor(terminal, { TERM: "xterm-256color", NO_COLOR: "" }), true);
  assert.equal(takesColor(terminal, { TERM: "xterm-256color", NO_COLOR: "1" }), false);
  assert.equal(takesColor(terminal, { TERM: "dumb" }), false);
  assert.equal(takesColor({}, { TERM: "xterm-256color" }), false);
});
