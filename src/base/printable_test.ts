import assert from "node:assert/strict";
import { test } from "node:test";
import { printable } from "./printable.ts";

// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x1f\x7f-\x9f]/;

test("colours, tabs and line ends stay; what else would change a terminal does not", () => {
  const plain = "\x1b[1;31mred\x1b[0m\tm × n\nnext 🙂";
  assert.equal(printable(plain), plain);
  const sequences = [
    "\x1b]52;c;cm0gLXJm\x07",
    "\x1b[2J",
    "\x1b[1A",
    "\x1b[?1049h",
    "\x1bc",
    "\x1b",
    "\x9b2J",
    "\x9d0;title\x9c",
    "a\rb",
    "\x08\x7f\x00",
  ];
  for (const sequence of sequences) {
    assert.doesNotMatch(printable(`x${sequence}y`), CONTROL, JSON.stringify(sequence));
  }
});
