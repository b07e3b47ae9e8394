import assert from "node:assert/strict";
import { test } from "node:test";
import { summaryOf } from "../../tests/support/terminal_lines.ts";
import { choiceMatrix } from "./choice_matrix.ts";

test("of one setting, the matrix says that ties are known for the epochs of the plan alone", () => {
  const [, text] = choiceMatrix(summaryOf());
  assert.ok(text.kind === "paragraph");
  assert.match(
    text.text,
    /For \d+ epochs, those of the plan, ≈ marks a tie, .* In the other rows, another stands only where it is known/,
  );
});
