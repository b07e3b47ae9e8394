/**
 * How often intervals and verdicts hold on simulated trials, whose truth is known (tests/support/noise.ts). Writes the
 * tables of docs/METHODOLOGY.md. Run: deno task simulate
 */
import { LIKE_TRACES, type Noise, TWO_PACES } from "../tests/support/noise.ts";
import type { NullComparison, Outcome } from "../tests/support/comparison_simulations.ts";
import { formatPercent } from "../src/report/numbers.ts";
import {
  chance,
  type SimulatedRow,
  type SimulatedTable,
  writeSimulated,
} from "./simulated_tables.ts";

const RUNS = 1000;
const THRESHOLDS = [0, 0.01, 0.03];
const ROUNDS = [3, 5, 10];
const MOST_LOOKS = 60;

const share = (count: unknown): string => formatPercent(count as number / RUNS, 1);

const coverage: SimulatedTable = {
  name: "coverage",
  head: ["both cells have", ...[...ROUNDS, 30].map((rounds) => `${rounds} rounds`)],
  rows: Object.entries({ "one pace": LIKE_TRACES, "two paces": TWO_PACES }).map(
    ([label, noise]) => ({
      labels: [label],
      calls: [...ROUNDS, 30].map((rounds) => ({
        name: "intervalsThatHold",
        args: [noise, rounds, RUNS],
      })),
      cells: (counts) => counts.map(share),
    }),
  ),
  note: chance(RUNS, [0.95]),
};

/** One simulation gives the counts at all thresholds. */
const falseRow = (name: string, label: string, rounds: number, how: object): SimulatedRow => ({
  labels: [label, String(rounds)],
  calls: [{ name, args: [{ ...how, rounds, thresholds: THRESHOLDS }, RUNS] }],
  cells: ([counts]) => (counts as number[]).map(share),
});

/** A pair that is looked at after every round. */
const lookedAt = (label: string, noise: Noise): SimulatedRow => ({
  labels: [`1 pair of ${label}, looked at after every round`, `to ${MOST_LOOKS}`],
  calls: THRESHOLDS.map((threshold) => ({
    name: "lookUntilResolved",
    args: [1, noise, { threshold, most: MOST_LOOKS }, RUNS],
  })),
  cells: (outcomes) =>
    outcomes.map((looks) =>
      share(
        (looks as Outcome[]).filter(({ verdict }) => verdict === "slower" || verdict === "faster")
          .length,
      )
    ),
});

const twentyPrograms = { cells: 20, programs: 20, paired: true };
const comparisons: [string, Omit<NullComparison, "rounds" | "thresholds">][] = [
  ["1 cell of two paces, same rounds", { cells: 1, paired: true }],
  ["20 cells of 5 programs, same rounds", { cells: 20, paired: true }],
  ["20 programs of one size, same rounds", twentyPrograms],
  ["the same, all of two paces", { ...twentyPrograms, paces: { every: 1, factor: 1.28 } }],
  ["the same, one of two paces 1.45 apart", {
    ...twentyPrograms,
    paces: { every: 20, factor: 1.45 },
  }],
  ["20 cells, each ratio estimated alone", { cells: 20, paired: true, alone: true }],
  ["20 cells, two runs, no drift", { cells: 20, paired: false, driftStep: 0 }],
  ["20 cells, two runs, drift left in", { cells: 20, paired: false }],
];

const falseVerdicts: SimulatedTable = {
  name: "false verdicts",
  head: [
    "comparison of a thing with itself",
    "rounds",
    ...THRESHOLDS.map((threshold) => `at ${100 * threshold} %`),
  ],
  rows: [
    ...comparisons.flatMap(([label, how]) =>
      ROUNDS.map((rounds) => falseRow("falseComparisons", label, rounds, how))
    ),
    // By `compare`, where the yardsticks feel all of the drift or a part of it.
    ...[
      ["20 cells, `compare` of two runs, drift", 1] as const,
      ["the same, yardsticks feel 0.6 of the drift", 0.6] as const,
    ].flatMap(([label, seen]) =>
      ROUNDS.map((rounds) => falseRow("falseCompares", label, rounds, { seen }))
    ),
    lookedAt("one pace", LIKE_TRACES),
    lookedAt("two paces", TWO_PACES),
  ],
  note: chance(RUNS, [0, 0.01, 0.05]),
};

const RATIOS = [1.05, 1.1, 1.2, 1.5, 2];
const POWER_RUNS = 50;

/** How many of 40 programs or cells that take longer than the baseline are called so. */
const resolved: SimulatedTable = {
  name: "resolved",
  head: ["40 cells", "rounds", ...RATIOS.map((ratio) => `${ratio} ×`)],
  rows: ([
    ["40 programs, 1 size", 40, 1, false],
    ["the same, every fifth of two paces", 40, 1, true],
    ["10 programs, 4 sizes", 10, 4, false],
    ["the same, every fifth of two paces", 10, 4, true],
  ] as const).flatMap(([label, programs, sizes, withPaces]) =>
    ROUNDS.map((rounds) => ({
      labels: [label, String(rounds)],
      calls: RATIOS.map((ratio) => ({
        name: "slowerShare",
        args: [{ programs, sizes, rounds, ratio, scatter: 0.03, withPaces }, POWER_RUNS],
      })),
      cells: (shares) => shares.map((one) => formatPercent(one as number, 0)),
    }))
  ),
  // The cells of a run share its noise, so that runs are counted.
  note: chance(POWER_RUNS, [0.5, 0.95]),
};

const SLOWDOWN = { ratio: 1.05, threshold: 0.02, most: 500 };

const power: SimulatedTable = {
  name: "power",
  head: ["noise of processes", "median", "9 of 10", "10 rounds", "20 rounds", "30 rounds"],
  rows: [0.01, 0.02, 0.04].map((process) => {
    const { ratio, threshold } = SLOWDOWN;
    const noise = { ...LIKE_TRACES, process };
    return {
      labels: [`${100 * process} %`],
      calls: [
        { name: "lookUntilResolved", args: [ratio, noise, SLOWDOWN, RUNS] },
        ...[10, 20, 30].map((rounds) => ({
          name: "slowdownsFound",
          args: [ratio, noise, { threshold, rounds }, RUNS],
        })),
      ],
      cells: ([outcomes, ...found]) => {
        const rounds = (outcomes as Outcome[])
          .map((outcome) => outcome.verdict === "slower" ? outcome.rounds : Infinity)
          .sort((a, b) => a - b);
        return [rounds[RUNS / 2 - 1], rounds[0.9 * RUNS - 1], ...found.map(share)];
      },
    };
  }),
  note: chance(RUNS, [0.5, 0.95]),
};

await writeSimulated(new URL("../tests/support/comparison_simulations.ts", import.meta.url), [
  coverage,
  falseVerdicts,
  resolved,
  power,
]);
