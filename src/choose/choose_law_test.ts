import assert from "node:assert/strict";
import { test } from "node:test";
import { type Random, randomFrom } from "../base/random.ts";
import type { Question } from "../format/answer.ts";
import { SLOW } from "../../tests/support/slow.ts";
import { parameterCount } from "../model/layout.ts";
import { predictionsOf } from "./answer_question.ts";
import type { Workload } from "./cost_law.ts";
import type { Measured, MeasuredProgram } from "./measured_programs.ts";

const QUESTIONS = 40;
const SPREAD = { epoch: 0.03, start: 0.2 };
const NETWORKS = [[784, 16, 16, 10], [784, 64, 10], [784, 48, 48, 10], [784, 160, 10], [
  784,
  256,
  32,
  10,
]];

/** Laws as programs have them, in ns: per step, per example, per weight; what no law explains bends them by 15 %. */
interface Made {
  readonly name: string;
  readonly startNs: (work: Workload) => number;
  readonly epochNs: (work: Workload) => number;
}

const steps = ({ examples, batchSize }: Workload) => Math.ceil(examples / batchSize);
/** A bend that no count of work explains: caches and vector widths do such things. */
const bend = (phase: number) => ({ layerSizes, batchSize }: Workload) =>
  Math.exp(0.15 * Math.sin(phase + 0.9 * Math.log(layerSizes[1]) + 0.5 * Math.log(batchSize)));

const made = (
  name: string,
  phase: number,
  costs: { step: number; example: number; weight: number; open: number; load: number },
): Made => ({
  name,
  startNs: ({ examples }) => costs.open + costs.load * examples,
  epochNs: (work) =>
    (costs.step * steps(work) + costs.example * work.examples +
      costs.weight * parameterCount(work) * work.examples) * bend(phase)(work),
});

const PROGRAMS = [
  made("plain", 0, { step: 0, example: 300, weight: 0.8, open: 2e5, load: 10 }),
  made("sparse", 1, { step: 200, example: 200, weight: 0.09, open: 15e6, load: 3000 }),
  made("threads", 2, { step: 6000, example: 150, weight: 0.05, open: 20e6, load: 3000 }),
  made("library", 3, { step: 15_000, example: 500, weight: 0.03, open: 12e6, load: 400 }),
];

const constant = <T>(value: T) => () => value;

const noisy = (ns: number, spread: number, random: Random) =>
  ns * Math.exp(spread * random.normal());

const workOf = (layerSizes: number[], examples: number, batchSize: number): Workload => ({
  layerSizes,
  examples,
  batchSize,
  hiddenActivation: "sigmoid",
  outputLoss: "sigmoid-quadratic",
});

const GRID = NETWORKS.flatMap((layerSizes) =>
  [8, 64, 512].flatMap((batchSize) =>
    [1000, 8000].map((examples) => workOf(layerSizes, examples, batchSize))
  )
);

/** What a sweep of two rounds over the grid gives. */
function sweepOf(random: Random): Measured {
  const programs = PROGRAMS.map(({ name, startNs, epochNs }): MeasuredProgram => {
    const pointsOf = (law: (work: Workload) => number, spread: number) =>
      GRID.map((work) => ({
        work,
        ns: noisy(law(work), spread / Math.SQRT2, random),
        deviation: spread / Math.SQRT2,
      }));
    return {
      implementation: name,
      runtime: "deno",
      threads: 1,
      epochs: pointsOf(epochNs, SPREAD.epoch),
      starts: constant(pointsOf(startNs, SPREAD.start)),
      spread: SPREAD,
    };
  });
  return { programs, excluded: [], sameCode: [] };
}

/** Off the grid in m, B and layers, but between its ends. */
function questionOf(random: Random): Question {
  const logBetween = (low: number, high: number) =>
    Math.round(low * (high / low) ** random.uniform());
  const hidden = [logBetween(20, 200), ...(random.uniform() < 0.5 ? [] : [logBetween(16, 48)])];
  return {
    ...workOf([784, ...hidden, 10], logBetween(1500, 8000), logBetween(10, 400)),
    layerSizes: [784, ...hidden, 10],
    epochs: logBetween(1, 50),
  };
}

test(
  "on programs of known cost, the chosen one is near the fastest and intervals hold the truth",
  SLOW,
  () => {
    const random = randomFrom(1, "choose on known laws");
    const measured = sweepOf(random);
    let near = 0;
    let covered = 0;
    for (let q = 0; q < QUESTIONS; q++) {
      const question = questionOf(random);
      const truth = new Map(PROGRAMS.map(({ name, startNs, epochNs }) => {
        const start = noisy(startNs(question), SPREAD.start, random);
        return [name, start + question.epochs * noisy(epochNs(question), SPREAD.epoch, random)];
      }));
      const [chosen] = predictionsOf(measured, question);
      const own = truth.get(chosen.implementation)!;
      const { low, high } = chosen.totalNs;
      if (own <= 1.1 * Math.min(...truth.values())) near++;
      if (low <= own && own <= high) covered++;
    }
    assert.ok(near >= 36, `${near} of ${QUESTIONS} near the fastest`);
    assert.ok(covered >= 32, `${covered} of ${QUESTIONS} within the interval`);
  },
);
