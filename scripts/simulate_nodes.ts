/**
 * How often intervals and verdicts hold in simulated runs over many nodes, and how many nodes a verdict takes. Writes the
 * tables of docs/METHODOLOGY.md. Run: deno task simulate:nodes
 */
import type { Measures, MergeErrors, Shown } from "../tests/support/node_simulations.ts";
import type { Cluster } from "../tests/support/noisy_cluster.ts";
import { LIKE_TRACES } from "../tests/support/noise.ts";
import { formatCount, formatPercent } from "../src/report/numbers.ts";
import {
  chance,
  type SimulatedRow,
  type SimulatedTable,
  writeSimulated,
} from "./simulated_tables.ts";

const RUNS = 1000;
/** The table of power has fewer simulations, because one of 1,000 nodes takes long. */
const POWER_RUNS = 200;

const percent = (share: number): string => formatPercent(share, 0);
const shareOf = ([held, of]: readonly [number, number]): string =>
  of === 0 ? "–" : formatPercent(held / of, 1);

const mergeRow = (
  label: string,
  cluster: Cluster,
  asOneMachine = false,
  measures: Measures = {},
): SimulatedRow => ({
  labels: [label, String(cluster.nodes), String(cluster.rounds), percent(cluster.interaction)],
  calls: [
    { name: "mergeErrors", args: [cluster, RUNS, asOneMachine, measures] },
    ...asOneMachine ? [] : [{ name: "pairsThatHold", args: [cluster, RUNS] }],
  ],
  cells: ([found, held]) => {
    const { falseVerdicts, ratios, times, paces } = found as MergeErrors;
    return [
      formatPercent(falseVerdicts / RUNS, 1),
      held === undefined ? "–" : formatPercent(held as number / RUNS, 1),
      ...[ratios, times, paces].map(shareOf),
    ];
  },
});

const LAYOUTS = [[2, 5], [4, 3], [8, 2], [16, 1]] as const;

const merges: SimulatedTable = {
  name: "merges over nodes",
  head: [
    "merges",
    "nodes",
    "rounds on each",
    "interaction",
    "false verdicts",
    "one pair",
    "all pairs",
    "times",
    "paces",
  ],
  rows: [
    ...LAYOUTS.flatMap(([nodes, rounds]) =>
      [0, 0.03].map((interaction) => mergeRow("all shards", { nodes, rounds, interaction }))
    ),
    mergeRow("a quarter of the shards and a tenth of the trials missing", {
      nodes: 8,
      rounds: 3,
      interaction: 0.03,
      missing: 0.25,
      failed: 0.1,
    }),
    ...LAYOUTS.slice(0, 2).map(([nodes, rounds]) =>
      mergeRow("two programs at one size", { nodes, rounds, interaction: 0.03 }, false, {
        programs: 2,
        sizes: 1,
      })
    ),
    mergeRow("nodes that wander away", {
      nodes: 4,
      rounds: 3,
      interaction: 0.03,
      noise: LIKE_TRACES,
    }),
    mergeRow("nodes not told apart", { nodes: 4, rounds: 3, interaction: 0.03 }, true),
  ],
  note: chance(RUNS, [0.01, 0.05, 0.95]),
};

const verdicts: SimulatedTable = {
  name: "verdicts over nodes",
  head: [
    "interaction",
    "nodes",
    "rounds on each",
    "interval ±",
    "5 % slower",
    "the same",
    "any false",
  ],
  rows: [0, 0.03].flatMap((interaction) =>
    [2, 3, 5, 10, 30, 100, 300, 1000].flatMap((nodes) =>
      [1, 3].map((rounds): SimulatedRow => ({
        labels: [percent(interaction), formatCount(nodes), String(rounds)],
        calls: [{
          name: "verdictsOver",
          args: [{ nodes, rounds, interaction } satisfies Cluster, POWER_RUNS],
        }],
        cells: ([found]) => {
          const { half, slower, same, isFalse } = found as Shown;
          const shares = [slower, same, isFalse].map((count) => percent(count / POWER_RUNS));
          return [formatPercent(half, 2), ...shares];
        },
      }))
    )
  ),
  note: chance(POWER_RUNS, [0.5, 0.95]),
};

const COUNTS = [2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 70, 100, 200, 300, 500, 1000];
const ROUNDS = [1, 3, 10];

const needed: SimulatedTable = {
  name: "nodes needed",
  head: [
    "interaction",
    "verdict",
    ...ROUNDS.map((rounds) => `${rounds} round${rounds === 1 ? "" : "s"} on each`),
  ],
  rows: [0, 0.01, 0.03].flatMap((interaction) =>
    (["slower", "same"] as const).map((wanted): SimulatedRow => ({
      labels: [percent(interaction), wanted === "slower" ? "5 % slower" : "the same"],
      calls: ROUNDS.map((rounds) => ({
        name: "nodesNeeded",
        args: [{ rounds, interaction }, COUNTS, POWER_RUNS, wanted],
      })),
      cells: (found) =>
        (found as (number | undefined)[]).map((nodes) =>
          nodes === undefined ? "more than 1,000" : formatCount(nodes)
        ),
    }))
  ),
  note: chance(POWER_RUNS, [0.9]),
};

// One after the other, so that what is done is kept.
const module = new URL("../tests/support/node_simulations.ts", import.meta.url);
for (const table of [verdicts, needed, merges]) await writeSimulated(module, [table]);
