/**
 * Measures mpi_allreduce on one rank and on two, and splices the table into docs/METHODOLOGY.md. With `--large DIR`, whose
 * set has millions of examples, it also splices how much memory a rank needs. It takes about five minutes on two cores,
 * which nothing else may use meanwhile.
 *
 * Run: SLOPE_DATA=… deno run --allow-all scripts/make_ranks.ts [--large DIR]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { CellSummary, Summary } from "../src/format/summary.ts";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatFixed,
  formatPercent,
} from "../src/report/numbers.ts";
import { summarise } from "../src/summary/summarise.ts";
import { readRun } from "../src/sweep/run_folder.ts";
import { numberTable, splice } from "./splice.ts";

const PROJECT = fileURLToPath(new URL("..", import.meta.url));
const PAGE = join(PROJECT, "docs", "METHODOLOGY.md");

const { values: { large } } = parseArgs({ options: { large: { type: "string" } } });

function measure(data: string, options: readonly string[]): Summary {
  const out = mkdtempSync(join(tmpdir(), "slope-ranks-"));
  try {
    const main = join(PROJECT, "src", "main.ts");
    const plan = ["--implementations", "mpi_allreduce", "--ranks", "1,2", "--epochs", "1"];
    const { status } = spawnSync(
      process.execPath,
      [
        ...["run", "--allow-all", "--config", join(PROJECT, "deno.json"), main],
        ...["bench", "--data", data, "--out", out, ...plan, ...options],
      ],
      { stdio: "inherit" },
    );
    if (status !== 0) throw new Error(`slope bench ended with code ${status}`);
    const { run, trials } = readRun(join(out, "latest"));
    return summarise(run, trials, "ranks");
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** The cell with so many ranks and this B. */
function cellOf({ cells }: Summary, ranks: number, batchSize: number): CellSummary {
  const found = cells.find(({ cell }) => cell.ranks === ranks && cell.batchSize === batchSize);
  if (found === undefined) throw new Error(`Cannot tell: no figures for ${ranks} ranks, B = ${batchSize}`);
  return found;
}

function timesOf(summary: Summary): string {
  const { environment, plan } = summary;
  const rows = plan.batchSizes.filter((batch) => batch !== "full").map((batch) => {
    const [one, two] = [1, 2].map((ranks) => cellOf(summary, ranks, batch));
    const { value, low = NaN, high = NaN } = two.parallelEfficiency!;
    return [
      formatCount(batch),
      ...[one, two].map(({ nsPerEpoch }) => formatDuration(nsPerEpoch.value)),
      `${formatPercent(value, 0)} [${formatFixed(100 * low, 0)}, ${formatFixed(100 * high, 0)}]`,
      formatPercent(two.communicationShare!, 0),
    ];
  });
  return `\`mpi_allreduce\` on 2 of the ${environment.cores} cores of an ${environment.cpu}, ${
    plan.layers.map((layers) => layers.join("-")).join(", ")
  }, m = ${formatCount(plan.sizes[0])}, ${plan.rounds} rounds:\n\n${
    numberTable(["B", "epoch, 1 rank", "epoch, 2 ranks", "efficiency", "of that in MPI_Allreduce"], rows)
  }`;
}

function memoryOf(summary: Summary): string {
  const [batch] = summary.plan.batchSizes;
  const [one, two] = [1, 2].map((ranks) => cellOf(summary, ranks, batch as number).peakRssBytes!);
  return `With m = ${formatCount(summary.plan.sizes[0])}, a single rank needs ${
    formatBytes(one)
  }, and each of two at most ${formatBytes(two)}: ${formatPercent(two / one, 0)}.`;
}

function spliceInto(name: string, text: string): void {
  writeFileSync(PAGE, splice(readFileSync(PAGE, "utf8"), name, text));
}

const data = process.env.SLOPE_DATA;
if (!data) throw new Error("Cannot measure: name the folder of MNIST in SLOPE_DATA");
const sweep = ["--sizes", "60k", "--batch", "10,100,1000", "--rounds", "7", "--budget", "10m"];
spliceInto("times of ranks", timesOf(measure(resolve(data), sweep)));
if (large !== undefined) {
  const most = ["--sizes", "all", "--batch", "10", "--rounds", "1"];
  spliceInto(
    "memory of ranks",
    memoryOf(measure(resolve(large), [...most, "--budget", "20m", "--timeout", "10m"])),
  );
}
spawnSync(process.execPath, ["fmt", "--quiet", PAGE], { cwd: PROJECT, stdio: "inherit" });
