import assert from "node:assert/strict";
import test from "node:test";
import { examined, randomRows } from "../../../tests/support/examined.ts";
import { mistaken } from "../../../tests/support/mistaken.ts";
import { networkOf } from "../../../tests/support/problems.ts";
import { canonicalLayout } from "../../model/layout.ts";

test("a layer that is never finite does not hide a mistake in another", async () => {
  const network = networkOf([20, 7, 5, 3]);
  const program = mistaken({ noHiddenSlope: [1] });
  const [, { weightOffset, biasOffset }] = canonicalLayout(network).layers;
  const broken: typeof program = {
    ...program,
    async prepare(problem) {
      const gradientOf = await program.prepare(problem);
      return (parameters, batch, gradient) => {
        const loss = gradientOf(parameters, batch, gradient);
        gradient.fill(NaN, weightOffset, biasOffset);
        return loss;
      };
    },
  };
  const problem = { network, dataset: randomRows(1, 20, 3), maxBatchSize: 10, threads: 1 };
  const told = (await examined(broken, problem)).map(({ id, layers }) => `${id} ${layers}`);
  assert.deepEqual(told.sort(), ["missing-hidden-derivative 1", "never-finite 2"]);
});
