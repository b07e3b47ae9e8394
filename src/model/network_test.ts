import assert from "node:assert/strict";
import test from "node:test";
import type { InputError } from "../base/errors.ts";
import { checkNetwork } from "./network.ts";
import { badInput } from "../../tests/support/bad_input.ts";
import { networkOf } from "../../tests/support/problems.ts";

const network = (...layerSizes: number[]) => networkOf(layerSizes);

test("a network that fits the data passes", () => {
  checkNetwork(network(784, 16, 16, 10), 784, 10);
  checkNetwork(network(4, 3), 4, 3);
});

for (
  const [sizes, place] of [
    [[], /without layers: it has 0 of the 2 layer sizes that it needs at least/],
    [[784], /it has 1 of the 2 layer sizes that it needs at least/],
    [[784, 0, 10], /layer size 2 is 0, expected a whole number/],
    [[784, 2.5, 10], /layer size 2 is 2.5, expected a whole number/],
    [[784, NaN, 10], /layer size 2 is NaN, expected a whole number/],
    [[783, 16, 10], /layer size 1 is 783, expected 784, the pixels/],
    [[784, 16, 16, 9], /layer size 4 \(the last\) is 9, expected 10, the labels/],
  ] as const
) {
  test(`layers ${sizes.join(",") || "(none)"} are bad input, with place and hint`, () => {
    assert.throws(() => checkNetwork(network(...sizes), 784, 10), (error: InputError) => {
      assert.match(error.hint ?? "", /--layers 784,…,10/);
      return badInput(place)(error);
    });
  });
}
