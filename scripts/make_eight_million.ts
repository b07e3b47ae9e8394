/**
 * Makes the run over four decades of m, 1,000 to 8,100,000 deformed digits, in results/eight_million/, and that of one
 * and two MPI ranks on all of them, in results/eight_million_ranks/. Splices their tables into docs/DATA.md. The data,
 * 6.4 GB, go to FOLDER and stay there; without FOLDER, to a temporary folder that is removed. The sweeps need as much
 * again in TMPDIR. It takes about ten minutes on two cores.
 *
 * Run: SLOPE_DATA=… deno run --allow-all scripts/make_eight_million.ts [FOLDER] [--again] [--examples N]
 * --again splices the runs that are there; --examples makes fewer digits, to try it.
 */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Summary } from "../src/format/summary.ts";
import { writeReports } from "../src/report/all_formats.ts";
import { summarise } from "../src/summary/summarise.ts";
import { readRun } from "../src/sweep/run_folder.ts";
import { eightMillionSection } from "./eight_million_section.ts";
import { splice } from "./splice.ts";

const PROJECT = fileURLToPath(new URL("..", import.meta.url));
const RESULTS = join(PROJECT, "results");
/** The run that a sweep becomes, and its options but for data and sizes. */
const DECADES = {
  name: "eight_million",
  options: [
    // Threads that share a short minibatch wait for each other; where other programs run, for long.
    ...["--implementations", "native_sparse", "--threads", "1"],
    ...["--epochs", "2", "--rounds", "2", "--budget", "6m", "--timeout", "5m"],
  ],
};
const RANKS = {
  name: "eight_million_ranks",
  options: [
    ...["--implementations", "mpi_allreduce", "--ranks", "1,2", "--batch", "1000"],
    ...["--epochs", "1", "--rounds", "3", "--budget", "6m", "--timeout", "5m"],
  ],
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    again: { type: "boolean", default: false },
    examples: { type: "string", default: "8.1M" },
  },
});

function slope(folder: string, args: readonly string[]): void {
  const main = join(PROJECT, "src", "main.ts");
  const config = join(PROJECT, "deno.json");
  const command = ["run", "--allow-all", "--config", config, main, ...args];
  // Started in the folder of the data, so that the run file does not reveal it.
  const { status } = spawnSync(process.execPath, command, { cwd: folder, stdio: "inherit" });
  if (status !== 0) throw new Error(`slope ${args.join(" ")} ended with code ${status}`);
}

function measure(folder: string, examples: string): void {
  const source = process.env.SLOPE_DATA;
  if (!source) throw new Error("Cannot make the digits: name the folder of MNIST in SLOPE_DATA");
  mkdirSync(folder, { recursive: true });
  const deform = ["data", "deform", "--examples", examples, "--seed", "1", "--out", "deformed"];
  slope(folder, [...deform, "--data", resolve(source)]);
  sweep(folder, DECADES, `1k..${examples}:10`);
  sweep(folder, RANKS, examples);
}

function sweep(folder: string, { name, options }: typeof DECADES, sizes: string): void {
  slope(folder, ["bench", "--data", "deformed", "--out", "runs", "--sizes", sizes, ...options]);
  const result = join(RESULTS, name);
  rmSync(result, { recursive: true, force: true });
  cpSync(realpathSync(join(folder, "runs", "latest")), result, { recursive: true });
}

async function report({ name }: typeof DECADES): Promise<Summary> {
  const { run, trials } = readRun(join(RESULTS, name));
  const summary = summarise(run, trials, name);
  await writeReports(join(RESULTS, name), summary, { name, run, trials });
  return summary;
}

if (!values.again) {
  const [given] = positionals;
  const folder = given ? resolve(given) : mkdtempSync(join(tmpdir(), "eight-million-"));
  try {
    measure(folder, values.examples);
  } finally {
    if (given === undefined) rmSync(folder, { recursive: true, force: true });
  }
}
const page = join(PROJECT, "docs", "DATA.md");
const section = eightMillionSection(await report(DECADES), await report(RANKS));
writeFileSync(page, splice(readFileSync(page, "utf8"), "eight million", section));
spawnSync(process.execPath, ["fmt", "--quiet", page], { cwd: PROJECT, stdio: "inherit" });
