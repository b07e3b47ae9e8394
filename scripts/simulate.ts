/**
 * How often intervals and verdicts hold on simulated trials, whose truth is known (tests/support/noise.ts). Writes the
 * tables of docs/METHODOLOGY.md. Run: deno task simulate
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { LIKE_TRACES, type Noise, TWO_PACES } from "../tests/support/noise.ts";
import {
  falseCompares,
  falseComparisons,
  intervalsThatHold,
  lookUntilResolved,
  type NullComparison,
  slowdownsFound,
  slowerShare,
} from "../tests/support/simulations.ts";
import { formatPercent } from "../src/report/numbers.ts";
import { numberTable, splice } from "./splice.ts";

const RUNS = 1000;
const ROUNDS = [3, 5, 10, 30];
const MOST_LOOKS = 60;
const SLOWDOWN = { ratio: 1.05, threshold: 0.02, most: 500 };

const share = (count: number): string => formatPercent(count / RUNS, 1);

function coverage(): string {
  const noises: [string, Noise][] = [["one pace", LIKE_TRACES], ["two paces", TWO_PACES]];
  return numberTable(
    ["both cells have", ...ROUNDS.map((rounds) => `${rounds} rounds`)],
    noises.map(([name, noise]) => [
      name,
      ...ROUNDS.map((rounds) => share(intervalsThatHold(noise, rounds, RUNS))),
    ]),
  );
}

function falseVerdicts(): string {
  const thresholds = [0, 0.01, 0.03];
  const fixed: [string, Omit<NullComparison, "rounds" | "threshold">][] = [
    ["1 cell of two paces, same rounds", { cells: 1, paired: true }],
    ["20 cells of 5 programs, same rounds", { cells: 20, paired: true }],
    ["20 programs of one size, same rounds", { cells: 20, programs: 20, paired: true }],
    ["the same, all of two paces", {
      cells: 20,
      programs: 20,
      paired: true,
      paces: { every: 1, factor: 1.28 },
    }],
    ["the same, one of two paces 1.45 apart", {
      cells: 20,
      programs: 20,
      paired: true,
      paces: { every: 20, factor: 1.45 },
    }],
    ["each ratio estimated alone", { cells: 20, paired: true, alone: true }],
    ["20 cells, two runs, no drift", { cells: 20, paired: false, driftStep: 0 }],
    ["20 cells, two runs, drift left in", { cells: 20, paired: false }],
  ];
  // By `compare`, where the yardsticks feel all of the drift or a part of it.
  const compared: [string, number][] = [
    ["20 cells, `compare` of two runs, drift", 1],
    ["the same, yardsticks feel 0.6 of the drift", 0.6],
  ];
  const looks = (noise: Noise, threshold: number): number =>
    lookUntilResolved(1, noise, { threshold, most: MOST_LOOKS }, RUNS)
      .filter(({ verdict }) => verdict === "faster" || verdict === "slower").length;
  return numberTable(
    ["comparison of a thing with itself", "rounds", ...thresholds.map((t) => `at ${100 * t} %`)],
    [
      ...fixed.flatMap(([name, how]) =>
        [3, 5, 10].map((rounds) => [
          name,
          String(rounds),
          ...thresholds.map((threshold) =>
            share(falseComparisons({ ...how, rounds, threshold }, RUNS))
          ),
        ])
      ),
      ...compared.flatMap(([name, seen]) =>
        [3, 5, 10].map((rounds) => [
          name,
          String(rounds),
          ...thresholds.map((threshold) => share(falseCompares({ rounds, threshold, seen }, RUNS))),
        ])
      ),
      ...([["one pace", LIKE_TRACES], ["two paces", TWO_PACES]] as const).map(([name, noise]) => [
        `1 pair of ${name}, looked at after every round`,
        `to ${MOST_LOOKS}`,
        ...thresholds.map((threshold) => share(looks(noise, threshold))),
      ]),
    ],
  );
}

const RATIOS = [1.05, 1.1, 1.2, 1.5, 2];
const POWER_RUNS = 50;

/** How many of 40 programs or cells that take longer than the baseline are called so. */
function resolved(): string {
  const kinds: [string, number, number, boolean][] = [
    ["40 programs, 1 size", 40, 1, false],
    ["the same, every fifth of two paces", 40, 1, true],
    ["10 programs, 4 sizes", 10, 4, false],
    ["the same, every fifth of two paces", 10, 4, true],
  ];
  return numberTable(
    ["40 cells", "rounds", ...RATIOS.map((ratio) => `${ratio} ×`)],
    kinds.flatMap(([name, programs, sizes, withPaces]) =>
      [3, 5, 10].map((rounds) => [
        name,
        String(rounds),
        ...RATIOS.map((ratio) => {
          const how = { programs, sizes, rounds, ratio, scatter: 0.03, withPaces };
          return formatPercent(slowerShare(how, POWER_RUNS), 0);
        }),
      ])
    ),
  );
}

function power(): string {
  const { ratio, threshold } = SLOWDOWN;
  return numberTable(
    ["noise of processes", "median", "9 of 10", "10 rounds", "20 rounds", "30 rounds"],
    [0.01, 0.02, 0.04].map((process) => {
      const noise = { ...LIKE_TRACES, process };
      const rounds = lookUntilResolved(ratio, noise, SLOWDOWN, RUNS)
        .map((outcome) => outcome.verdict === "slower" ? outcome.rounds : Infinity)
        .sort((a, b) => a - b);
      return [
        `${100 * process} %`,
        rounds[RUNS / 2 - 1],
        rounds[0.9 * RUNS - 1],
        ...[10, 20, 30].map((fixed) =>
          share(slowdownsFound(ratio, noise, { threshold, rounds: fixed }, RUNS))
        ),
      ];
    }),
  );
}

const path = fileURLToPath(new URL("../docs/METHODOLOGY.md", import.meta.url));
let page = readFileSync(path, "utf8");
for (
  const [name, make] of Object.entries({
    coverage,
    "false verdicts": falseVerdicts,
    resolved,
    power,
  })
) {
  const content = make();
  console.log(`${content}\n`);
  page = splice(page, name, content);
}
writeFileSync(path, page);
