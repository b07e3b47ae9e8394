import assert from "node:assert/strict";
import { test } from "node:test";
import { printable } from "./printable.ts";

test("colours, tabs and line ends stay; what else would change a terminal does not", () => {
  const plain = "\x1b[1;31mred\x1b[0m\tm × n\nnext 🙂";
  assert.equal(printable(plain), plain);
  for (
    const sequence of [
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
    ]
  ) {
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(printable(`x${sequence}y`), /[\x00-\x1f\x7f-\x9f]/, JSON.stringify(sequence));
  }
});
