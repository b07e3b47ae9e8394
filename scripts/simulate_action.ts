/**
 * How often the action calls a pull request slower on machines that scatter, with and without a regression: the tables of
 * action/README.md. Run: deno task simulate:action
 */
import { formatPercent } from "../src/report/numbers.ts";
import type { PullRequest } from "../tests/support/pull_request_simulations.ts";
import { chance, type SimulatedTable, writeSimulated } from "./simulated_tables.ts";

const RUNS = 1000;
const THRESHOLD = 0.03; // the action's default
const ROUNDS = [10, 20, 40];
const SCATTERS = [0.02, 0.05, 0.1];

const share = (count: unknown): string => formatPercent(count as number / RUNS, 1);

const table = (
  name: string,
  ratio: number,
  cases: readonly (readonly [label: string, programs: number])[],
  shares: readonly number[],
): SimulatedTable => ({
  name,
  head: ["a process scatters by", ...ROUNDS.map((rounds) => `${rounds} rounds`)],
  rows: cases.flatMap(([label, programs]) =>
    SCATTERS.map((process) => ({
      labels: [`${100 * process} %${label}`],
      calls: ROUNDS.map((rounds) => ({
        name: "slowerPullRequests",
        args: [
          { ratio, process, programs, rounds, threshold: THRESHOLD } satisfies PullRequest,
          RUNS,
        ],
      })),
      cells: (counts: readonly unknown[]) => counts.map(share),
    }))
  ),
  note: chance(RUNS, shares),
});

await writeSimulated(new URL("../tests/support/pull_request_simulations.ts", import.meta.url), [
  table("false alarms", 1, [["", 1], [", 10 cells", 10]], [0, 0.01]),
  table("regressions of 10 %", 1.1, [["", 1]], [0.5, 0.95]),
  table("regressions of 20 %", 1.2, [["", 1]], [0.5, 0.95]),
], "action/README.md");
