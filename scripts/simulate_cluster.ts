/**
 * How many nodes and rounds a verdict takes, on nodes like those of a merged run, or as given:
 *
 *   deno task simulate:cluster --like results/sweep/merged
 *   deno task simulate:cluster --paces 1.4 --interaction 2% --drift 5% --failed 10%
 *
 * `deno task simulate:nodes` answers the same for a few usual clusters, in docs/METHODOLOGY.md.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { messageOf } from "../src/base/errors.ts";
import { formatCount, formatPercent } from "../src/report/numbers.ts";
import { readRun } from "../src/sweep/run_folder.ts";
import { summarise } from "../src/summary/summarise.ts";
import { inWorkers } from "./in_workers.ts";
import { measuredNodes, type Nodes, USUAL_NODES, wandering } from "./measured_cluster.ts";
import { chance } from "./simulated_tables.ts";
import { numberTable } from "./splice.ts";

const COUNTS = [2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 70, 100, 200, 300, 500, 1000];
const ROUNDS = [1, 3, 10];

const { values: given } = parseArgs({
  options: {
    /** Folder of a merged run; options beside it replace what was measured there. */
    like: { type: "string" },
    /** The slowest node takes at most so many times as long as the fastest. */
    paces: { type: "string" },
    /** Shares, as 2% or 0.02. */
    interaction: { type: "string" },
    drift: { type: "string" },
    process: { type: "string" },
    failed: { type: "string" },
    missing: { type: "string" },
    runs: { type: "string", default: "200" },
  },
});

/** "3%" is 0.03, and so is "0.03". */
function numberOf(name: keyof typeof given, least: number, most: number): number | undefined {
  const text = given[name];
  if (text === undefined) return undefined;
  const [, digits, percent] = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text) ?? [];
  const value = Number(digits) / (percent ? 100 : 1);
  if (value >= least && value <= most) return value;
  console.error(`error: Cannot use --${name} ${text}: expected a number from ${least} to ${most}`);
  process.exit(2);
}

function measured(folder: string): Nodes {
  try {
    const { run, trials } = readRun(folder);
    return measuredNodes(run, trials, summarise(run, trials, folder));
  } catch (error) {
    console.error(`error: ${messageOf(error)}`);
    process.exit(2);
  }
}

const base = given.like === undefined ? USUAL_NODES : measured(given.like);
const drift = numberOf("drift", 0, 1);
const nodes: Nodes = {
  paces: numberOf("paces", 1, 100) ?? base.paces,
  interaction: numberOf("interaction", 0, 1) ?? base.interaction,
  missing: numberOf("missing", 0, 0.9) ?? base.missing,
  failed: numberOf("failed", 0, 0.9) ?? base.failed,
  noise: {
    ...base.noise,
    process: numberOf("process", 0, 1) ?? base.noise.process,
    ...(drift !== undefined && wandering(Math.log1p(drift))),
  },
};
const runs = numberOf("runs", 10, 10_000)!;

const percent = (share: number): string => formatPercent(share, 1);
console.log(
  `Nodes whose paces differ by up to ${nodes.paces.toFixed(2)} ×, each wandering by up to ` +
    `${percent(Math.expm1(nodes.noise.driftLimit))}. Programs interact with nodes by ` +
    `${percent(nodes.interaction)}, processes scatter by ${percent(nodes.noise.process)}. ` +
    `${percent(nodes.missing)} of the shards are missing, and ${percent(nodes.failed)} of the ` +
    "trials failed.\n\nThe fewest nodes, of those tried, with which at least nine of ten merges give " +
    "the verdict, at a threshold of 2 %:\n",
);
const wanted = ["slower", "same"] as const;
const needed = await inWorkers(
  new URL("../tests/support/node_simulations.ts", import.meta.url),
  wanted.flatMap((verdict) =>
    ROUNDS.map((rounds) => ({
      name: "nodesNeeded",
      args: [{ ...nodes, rounds }, COUNTS, runs, verdict],
    }))
  ),
);
const text = (count: unknown): string =>
  count === undefined ? "more than 1,000" : formatCount(count as number);
console.log(numberTable(
  ["verdict", ...ROUNDS.map((rounds) => `${rounds} round${rounds === 1 ? "" : "s"} on each`)],
  wanted.map((verdict, i) => [
    verdict === "slower" ? "5 % slower" : "the same",
    ...needed.slice(i * ROUNDS.length, (i + 1) * ROUNDS.length).map(text),
  ]),
));
console.log(`\n${chance(runs, [0.9])}`);
