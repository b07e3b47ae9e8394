/**
 * How often scaling laws and learning curves are found in simulations, whose truth is known. Writes the tables of
 * docs/METHODOLOGY.md. Run: deno task simulate:scaling
 */
import { LIKE_TRACES, TWO_PACES } from "../tests/support/noise.ts";
import type { Named } from "../tests/support/scaling_simulations.ts";
import { formatPercent } from "../src/report/numbers.ts";
import { chance, type SimulatedTable, writeSimulated } from "./simulated_tables.ts";

const RUNS = 1000;
const ROUNDS = [3, 10];

const share = (count: unknown): string => formatPercent(count as number / RUNS, 1);
const shareOf = (part: number): string => formatPercent(part, 0);

const exponents = [
  { name: "k = 1", exponent: 1, noise: LIKE_TRACES },
  { name: "k = 1.5", exponent: 1.5, noise: LIKE_TRACES },
  { name: "k = 2", exponent: 2, noise: LIKE_TRACES },
  { name: "k = 1, two paces", exponent: 1, noise: TWO_PACES },
];

const coverage: SimulatedTable = {
  name: "exponent coverage",
  head: ["constant's share at the smallest m", "rounds", ...exponents.map(({ name }) => name)],
  rows: [0, 0.05, 0.2, 0.6].flatMap((constantShare) =>
    ROUNDS.map((rounds) => ({
      labels: [shareOf(constantShare), String(rounds)],
      calls: exponents.map(({ exponent, noise }) => ({
        name: "exponentsCovered",
        args: [{ noise, rounds, constantShare }, exponent, RUNS],
      })),
      cells: (counts) => counts.map(share),
    }))
  ),
  note: chance(RUNS, [0.95]),
};

const laws: SimulatedTable = {
  name: "laws named",
  head: ["true law", "constant", "rounds", "named alone", "among others", "as others"],
  rows: Object.entries({ "m": 1, "m log m": "m log m", "m^1.5": 1.5, "m²": 2 }).flatMap(
    ([name, growth]) =>
      [0, 0.2].flatMap((constantShare) =>
        ROUNDS.map((rounds) => ({
          labels: [name, shareOf(constantShare), String(rounds)],
          calls: [{
            name: "lawsNamed",
            args: [{ noise: LIKE_TRACES, rounds, growth, constantShare }, name, RUNS],
          }],
          cells: ([named]) => {
            const { right, among, wrong } = named as Named;
            return [right, among, wrong].map(share);
          },
        }))
      ),
  ),
  note: chance(RUNS, [0.05, 0.95]),
};

/** How often the prediction for the largest m covers it, with a constant and without. */
const largest: SimulatedTable = {
  name: "largest size",
  head: ["constant", ...ROUNDS.map((rounds) => `${rounds} rounds`)],
  rows: [0, 0.2].map((constantShare) => ({
    labels: [shareOf(constantShare)],
    calls: ROUNDS.map((rounds) => ({
      name: "largestCovered",
      args: [{ noise: LIKE_TRACES, rounds, growth: 1, constantShare }, RUNS],
    })),
    cells: (counts) => counts.map(share),
  })),
  note: chance(RUNS, [0.95]),
};

const THIRTEEN = Array.from({ length: 13 }, (_, i) => Math.round(1000 * 2 ** (i / 2)));
const FACTORS = [1, 1.1, 1.2, 1.3, 1.5];

const breaks: SimulatedTable = {
  name: "breaks",
  head: [
    "values of m",
    "rounds",
    "none planted",
    ...FACTORS.slice(1).map((factor) => formatPercent(factor - 1, 0)),
  ],
  rows: [undefined, THIRTEEN].flatMap((sizes) =>
    ROUNDS.map((rounds) => ({
      labels: [sizes === undefined ? "7" : "13", String(rounds)],
      calls: FACTORS.map((factor) => ({
        name: "breaksFound",
        args: [
          { noise: LIKE_TRACES, rounds, growth: 1, constantShare: 0, ...sizes && { sizes } },
          { place: 3, factor },
          RUNS,
        ],
      })),
      cells: (found) =>
        found.map((places, i) =>
          share(
            (places as (number | undefined)[])
              .filter((place) => FACTORS[i] === 1 ? place !== undefined : place === 3).length,
          )
        ),
    }))
  ),
  note: chance(RUNS, [0.05, 0.5, 0.95]),
};

const curves: SimulatedTable = {
  name: "learning curves",
  head: ["curve", "scatter of the error", "decay", "floor", "largest m"],
  rows: [
    { floor: 0.05, scale: 3, decay: 0.5 },
    { floor: 0, scale: 1.2, decay: 0.25 },
    { floor: 0.05, scale: 40, decay: 1 },
  ].flatMap((curve) =>
    [
      ["3 % at every m", [0.03, 0.03]] as const,
      ["16 % at m = 1,000, 3 % at 60,000", [0.16, 0.03]] as const,
    ].map(([name, scatter]) => ({
      labels: [`${curve.floor} + ${curve.scale} · m^−${curve.decay}`, name],
      calls: [{ name: "curvesCovered", args: [curve, scatter, RUNS] }],
      cells: ([covered]) => {
        const { decays, floors, heldOut } = covered as Record<string, number>;
        return [decays, floors, heldOut].map(share);
      },
    }))
  ),
  note: chance(RUNS, [0.95]),
};

await writeSimulated(new URL("../tests/support/scaling_simulations.ts", import.meta.url), [
  coverage,
  laws,
  largest,
  breaks,
  curves,
]);
