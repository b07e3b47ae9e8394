import assert from "node:assert/strict";
import { test } from "node:test";
import { summaryOf } from "../../tests/support/terminal_lines.ts";
import { choiceMatrix } from "./choice_matrix.ts";

test("of one setting, the matrix says that ties are known for the epochs of the plan alone", () => {
  const [, text] = choiceMatrix(summaryOf());
  assert.ok(text.kind === "paragraph");
  assert.match(
    text.text,
    /In the row of \d+ epochs, the plan.s, ≈ marks a tie, .* In the other rows, another program stands only where it is known/,
  );
});
