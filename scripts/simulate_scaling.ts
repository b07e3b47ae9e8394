/**
 * How often scaling laws and learning curves are found in simulations, whose truth is known. Writes the tables of
 * docs/METHODOLOGY.md. Run: deno task simulate:scaling
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { LIKE_TRACES, TWO_PACES } from "../tests/support/noise.ts";
import {
  breaksFound,
  curvesCovered,
  exponentsCovered,
  largestCovered,
  lawsNamed,
  powerOf,
} from "../tests/support/scaling_simulations.ts";
import { formatPercent } from "../src/report/numbers.ts";
import { numberTable, splice } from "./splice.ts";

const RUNS = 1000;
const ROUNDS = [3, 10];
const CONSTANTS = [0, 0.05, 0.2, 0.6];

const percent = (share: number, digits = 1): string => formatPercent(share, digits);

function coverage(): string {
  const cases = [
    { name: "k = 1", exponent: 1, noise: LIKE_TRACES },
    { name: "k = 1.5", exponent: 1.5, noise: LIKE_TRACES },
    { name: "k = 2", exponent: 2, noise: LIKE_TRACES },
    { name: "k = 1, two paces", exponent: 1, noise: TWO_PACES },
  ];
  return numberTable(
    ["constant's share at the smallest m", "rounds", ...cases.map(({ name }) => name)],
    CONSTANTS.flatMap((constantShare) =>
      ROUNDS.map((rounds) => [
        percent(constantShare, 0),
        String(rounds),
        ...cases.map(({ exponent, noise }) =>
          percent(exponentsCovered({ noise, rounds, constantShare }, exponent, RUNS) / RUNS)
        ),
      ])
    ),
  );
}

function names(): string {
  const laws: [string, (m: number) => number][] = [
    ["m", powerOf(1)],
    ["m log m", (m) => m * Math.log(m)],
    ["m^1.5", powerOf(1.5)],
    ["m²", powerOf(2)],
  ];
  return numberTable(
    ["true law", "constant", "rounds", "named alone", "among others", "as others"],
    laws.flatMap(([name, growth]) =>
      [0, 0.2].flatMap((constantShare) =>
        ROUNDS.map((rounds) => {
          const planted = { noise: LIKE_TRACES, rounds, growth, constantShare };
          const { right, among, wrong } = lawsNamed(planted, name, RUNS);
          return [
            name,
            percent(constantShare, 0),
            String(rounds),
            ...[right, among, wrong].map((count) => percent(count / RUNS)),
          ];
        })
      )
    ),
  );
}

function breaks(): string {
  const thirteen = Array.from({ length: 13 }, (_, i) => Math.round(1000 * 2 ** (i / 2)));
  const factors = [1, 1.1, 1.2, 1.3, 1.5];
  return numberTable(
    ["values of m", "rounds", "none planted", ...factors.slice(1).map((x) => percent(x - 1, 0))],
    [[undefined, 3], [undefined, 10], [thirteen, 3], [thirteen, 10]].map(([sizes, rounds]) => {
      const planted = {
        noise: LIKE_TRACES,
        rounds: rounds as number,
        growth: powerOf(1),
        constantShare: 0,
        ...(sizes !== undefined && { sizes: sizes as number[] }),
      };
      return [
        sizes === undefined ? "7" : "13",
        String(rounds),
        ...factors.map((factor) => {
          const found = breaksFound(planted, { place: 3, factor }, RUNS);
          const counted = found.filter((place) => factor === 1 ? place !== undefined : place === 3);
          return percent(counted.length / RUNS);
        }),
      ];
    }),
  );
}

function curves(): string {
  const scatters: [string, (m: number) => number][] = [
    ["3 % at every m", () => 0.03],
    ["16 % at m = 1,000, 3 % at 60,000", (m) => 0.16 * (1000 / m) ** 0.4],
  ];
  return numberTable(
    ["curve", "scatter of the error", "decay", "floor", "largest m"],
    [
      { floor: 0.05, scale: 3, decay: 0.5 },
      { floor: 0, scale: 1.2, decay: 0.25 },
      { floor: 0.05, scale: 40, decay: 1 },
    ].flatMap((curve) =>
      scatters.map(([name, scatter]) => {
        const { decays, floors, heldOut } = curvesCovered(curve, scatter, RUNS);
        return [
          `${curve.floor} + ${curve.scale} · m^−${curve.decay}`,
          name,
          ...[decays, floors, heldOut].map((count) => percent(count / RUNS)),
        ];
      })
    ),
  );
}

/** How often the prediction for the largest m covers it, with a constant and without. */
function largest(): string {
  const share = (constantShare: number, rounds: number) =>
    percent(
      largestCovered({ noise: LIKE_TRACES, rounds, growth: powerOf(1), constantShare }, RUNS) /
        RUNS,
    );
  return numberTable(
    ["constant", ...ROUNDS.map((rounds) => `${rounds} rounds`)],
    [0, 0.2].map((
      constantShare,
    ) => [percent(constantShare, 0), ...ROUNDS.map((rounds) => share(constantShare, rounds))]),
  );
}

const made = Object.entries({
  "exponent coverage": coverage,
  "laws named": names,
  "largest size": largest,
  breaks,
  "learning curves": curves,
}).map(([name, make]): [string, string] => {
  const content = make();
  console.log(`${content}\n`);
  return [name, content];
});
const path = fileURLToPath(new URL("../docs/METHODOLOGY.md", import.meta.url));
const page = readFileSync(path, "utf8");
writeFileSync(path, made.reduce((text, [name, content]) => splice(text, name, content), page));
