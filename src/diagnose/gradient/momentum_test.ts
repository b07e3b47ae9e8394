import assert from "node:assert/strict";
import test from "node:test";
import { randomFrom } from "../../base/random.ts";
import { examined, randomRows } from "../../../tests/support/examined.ts";
import { mistaken } from "../../../tests/support/mistaken.ts";
import { assertSpeaks } from "../../../tests/support/findings.ts";
import { gradientOf, type Matrix } from "../../../tests/support/learner_programs.ts";
import { networkOf } from "../../../tests/support/problems.ts";
import { fromListForm } from "../../gradients/list_form.ts";
import { initialParameters } from "../../model/initialise.ts";
import { verdictOf } from "../verdict.ts";
import { examineGradient } from "./examine_gradient.ts";

const network = networkOf([20, 7, 5, 3]);
const problem = { network, dataset: randomRows(1, 20, 3), maxBatchSize: 10, threads: 1 };

/** What is subtracted from parameters, and the velocity that it leaves; g is the gradient at w + `ahead` · v. */
interface Rule {
  readonly of: (g: number, v: number, rate: number) => readonly [step: number, v: number];
  readonly ahead?: number;
}

async function told({ of, ahead = 0 }: Rule) {
  const gradientsOf = gradientOf(network, {});
  let velocity: Matrix | undefined;
  const program = fromListForm({
    name: "mine",
    summary: "a right gradient and a velocity",
    precision: "float64",
    trainBatch(weights: Matrix[], biases: Matrix, images: Matrix, labels: number[], rate: number) {
      const rows = [...weights.flat(), ...biases];
      const before = velocity ?? rows.map((row) => row.map(() => 0));
      let n = 0;
      const shift = (row: number[]) => {
        const v = before[n++];
        return row.map((w, i) => w + ahead * v[i]);
      };
      const shifted = weights.map((matrix) => matrix.map(shift));
      const [dw, db] = gradientsOf(shifted, biases.map(shift), images, labels);
      const gradients = [...dw.flat(), ...db];
      velocity = rows.map((row, r) =>
        row.map((w, i) => {
          const [step, v] = of(gradients[r][i], before[r][i], rate);
          row[i] = w - step;
          return v;
        })
      );
      return [weights, biases];
    },
  });
  const initial = initialParameters(network, "scaled-normal", 1);
  const findings = await examineGradient(program, problem, initial, 1);
  findings.forEach(assertSpeaks);
  const [first, ...others] = findings;
  assert.deepEqual(others.map(({ id }) => id), []);
  assert.ok(first.id === "momentum-inside" && "coefficient" in first);
  const { coefficient, form, average, convention } = first;
  return [coefficient, average ? "average" : form, convention !== undefined, verdictOf(findings)];
}

/** A velocity of steps, as `v = μ v − rate · g` has it. */
const velocity = (v: number, g: number, rate: number, mu: number) => mu * v - rate * g;

const meant = "right-for-another-convention";
const RULES: [string, Rule, unknown[]][] = [
  ["plain momentum", { of: (g, v) => [0.9 * v + g, 0.9 * v + g] }, [0.9, undefined, true, meant]],
  ["a running mean", {
    of: (g, v) => [0.8 * v + 0.2 * g, 0.8 * v + 0.2 * g],
  }, [0.8, "average", false, meant]],
  ["Nesterov's, rewritten for w", {
    of: (g, v, rate) => {
      const next = velocity(v, g, rate, 0.9);
      return [0.9 * v - 1.9 * next, next];
    },
  }, [0.9, "nesterov", false, meant]],
  ["Nesterov's, with the gradient ahead", {
    ahead: 0.85,
    of: (g, v, rate) => {
      const next = velocity(v, g, rate, 0.85);
      return [-next, next];
    },
  }, [0.85, "nesterov", false, meant]],
  ["minus for plus before the velocity", {
    of: (g, v) => [-0.9 * v + g, -0.9 * v + g],
  }, [-0.9, undefined, false, "wrong"]],
  ["minus for plus in Nesterov's", {
    of: (g, v) => [g - 0.9 * (0.9 * v + g), 0.9 * v + g],
  }, [0.9, "other", false, "wrong"]],
  ["the velocity before the update", {
    of: (g, v) => [v, 0.9 * v + g],
  }, [0.9, "late", false, "wrong"]],
];

for (const [title, rule, expected] of RULES) {
  test(`${title} is one finding`, async () => assert.deepEqual(await told(rule), expected));
}

test("a rate that decays, and steps of an optimiser, are no momentum and are named", async () => {
  const changes = async (own: () => (g: number, n: number) => number) => {
    const right = mistaken({});
    const program: typeof right = {
      ...right,
      async prepare(given) {
        const gradientOf = await right.prepare(given);
        const step = own();
        return (parameters, batch, gradient) => {
          const loss = gradientOf(parameters, batch, gradient);
          for (let p = 0; p < gradient.length; p++) gradient[p] = step(gradient[p], p);
          return loss;
        };
      },
    };
    const [first, ...others] = await examined(program, problem);
    assert.deepEqual(others, []);
    assert.equal(first.id, "non-deterministic");
    return "changes" in first ? first.changes : undefined;
  };
  const falling = (rateOf: (call: number) => number) => () => {
    let calls = 0;
    return (g: number, n: number) => g * rateOf(n === 0 ? ++calls : calls);
  };
  assert.equal(await changes(falling((call) => 1 / (1 + 1e-3 * call))), "rate-decays");
  assert.equal(await changes(falling((call) => 0.95 ** call)), "rate-decays");
  const squares: number[] = [];
  const adagrad = () => (g: number, n: number) =>
    g / (1e-8 + Math.sqrt(squares[n] = (squares[n] ?? 0) + g * g));
  assert.equal(await changes(adagrad), "adaptive");
  const [means, seconds]: number[][] = [[], []];
  const adam = () => (g: number, n: number) => {
    means[n] = 0.9 * (means[n] ?? 0) + 0.1 * g;
    seconds[n] = 0.99 * (seconds[n] ?? 0) + 0.01 * g * g;
    return means[n] / (Math.sqrt(seconds[n]) + 1e-8);
  };
  assert.equal(await changes(adam), "adaptive");
  const noise = randomFrom(1, "noise");
  assert.equal(await changes(() => (g) => g * (1 + 0.1 * noise.normal())), undefined);
});
