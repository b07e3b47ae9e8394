import { test } from "node:test";
import { assertGradient } from "slope-bench";
import * as program from "./my_gradient.ts";

test("the gradient is right", async () => {
  await assertGradient(program);
});
