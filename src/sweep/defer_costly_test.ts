import assert from "node:assert/strict";
import { test } from "node:test";
import { makeTrial } from "../../tests/support/trials.ts";
import type { Planned } from "./budget.ts";
import { deferCostly } from "./defer_costly.ts";

/** Two rounds of three programs, in this order in each. */
const planned = (): Planned[] =>
  [1, 2].flatMap((round) =>
    ["a", "b", "c"].map((implementation) => ({
      cell: makeTrial({ cell: { implementation } }).cell,
      round,
    }))
  );

test("a trial that the budget does not pay for waits until the end of its round, if another can go first", () => {
  const orderAfter = (
    paid: (one: Planned) => boolean,
    isOpen = (_: Planned) => true,
    shouldWait = (_: readonly Planned[]) => false,
  ) => {
    const queue = planned();
    deferCostly(queue, 0, { isOpen, affordable: (open) => open.filter(paid), shouldWait });
    return queue.map(({ cell: { implementation } }) => implementation).join("");
  };
  const is = (name: string) => ({ cell }: Planned) => cell.implementation === name;
  assert.equal(orderAfter(is("a")), "abcabc", "it is paid for");
  assert.equal(orderAfter(is("c")), "cababc", "the next round stays as it is");
  assert.equal(orderAfter(() => false), "abcabc", "none is paid for");
  assert.equal(orderAfter(is("a"), (one) => !is("a")(one)), "abcabc", "its cell is closed");
  const waits = ([first]: readonly Planned[]) => is("a")(first);
  assert.equal(orderAfter(() => true, () => true, waits), "bcaabc", "it should wait");
});
