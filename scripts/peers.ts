/**
 * Runs Slope's fast implementations and the peers of bench/peers/ in one interleaved sweep, and prints how
 * their times compare, beside the ratios that are aimed at.
 * Run: deno task peers --help
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { peerRatios } from "../src/summary/peer_ratios.ts";
import { summarise } from "../src/summary/summarise.ts";
import { InputError, messageOf } from "../src/base/errors.ts";
import { writeFileAtomic } from "../src/base/files.ts";
import { loadData } from "../src/cli/load_data.ts";
import { createProgress } from "../src/cli/progress.ts";
import { processTerminal } from "../src/base/terminal.ts";
import { batchList, duration, threadList } from "../src/cli/values.ts";
import { IMPLEMENTATIONS } from "../src/gradients/all.ts";
import { writeReports } from "../src/report/write_reports.ts";
import { startRun } from "../src/sweep/start_run.ts";
import { findRunFolder, readRun } from "../src/sweep/run_folder.ts";
import { peersPage } from "./peers_page.ts";
import { splice } from "./splice.ts";

const PEERS_FOLDER = fileURLToPath(new URL("../bench/peers/", import.meta.url));

/** Those that the peers are compared with, where they exist. */
const OURS = ["wasm_sparse", "wasm_threads", "sparse_typed", "fused_typed"];

const USAGE =
  `Usage: deno task peers [--sizes all] [--batch 10,32,1000] [--threads 1,all] [--rounds 3]
  [--epochs 1] [--budget 60m] [--peers all] [--data DIR] [--out results] [--markdown FILE] [--json FILE]
  [--from RUN: of a run that was measured already]`;

const terminal = processTerminal();
try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  terminal.note(`error: ${error.message}`);
  if (error.remedy !== undefined) terminal.note(`remedy: ${error.remedy}`);
  process.exitCode = 2;
}

async function main(): Promise<number> {
  const given = readOptions();
  if (given.help) {
    terminal.out(USAGE);
    return 0;
  }
  const interrupted = new AbortController();
  process.on("SIGINT", () => interrupted.abort());
  const folder = given.from === undefined
    ? await measure(given, interrupted.signal)
    : await findRunFolder(given.from, given.out);
  const { run, trials } = readRun(folder);
  const name = basename(folder);
  const summary = summarise(run, trials, name);
  await writeReports(folder, summary, { name, run, trials });
  const ratios = peerRatios(run, trials);
  const page = peersPage(ratios, summary);
  terminal.out(page);
  if (given.markdown !== undefined) await writeMarkdown(given.markdown, page);
  if (given.json !== undefined) {
    const { cells, environment } = summary;
    const text = JSON.stringify({ environment, ratios, cells }, undefined, 2);
    await writeFileAtomic(given.json, text + "\n");
  }
  terminal.note(`report: ${join(folder, "report.html")}`);
  if (interrupted.signal.aborted) return 130;
  return summary.counts.failed > 0 ? 1 : 0;
}

/** Measures, and returns the folder of the run. */
async function measure(
  given: ReturnType<typeof readOptions>,
  signal: AbortSignal,
): Promise<string> {
  const input = {
    implementations: OURS.filter((name) => IMPLEMENTATIONS.some((one) => one.name === name)),
    peers: given.peers.split(","),
    sizes: given.sizes.split(","),
    batchSizes: parsed("--batch", batchList().parse(given.batch)),
    threads: parsed("--threads", threadList().parse(given.threads)),
    rounds: positive("--rounds", given.rounds),
    epochs: positive("--epochs", given.epochs),
    budgetSeconds: parsed("--budget", duration().parse(given.budget)),
  };
  installPackages();
  const load = () => loadData({ data: given.data, synthetic: false }, terminal);
  const handle = await startRun([input], load, given.out, signal);
  terminal.note(`run: ${handle.folder}`);
  const progress = createProgress(terminal);
  try {
    await handle.sweep((event) => progress.show(event));
  } finally {
    progress.stop();
    await handle.close();
  }
  return handle.folder;
}

/** The options given. Throws InputError for those that are unknown, or have no value. */
function readOptions() {
  try {
    return parseArgs({
      options: {
        help: { type: "boolean", default: false },
        sizes: { type: "string", default: "all" },
        batch: { type: "string", default: "10,32,1000" },
        threads: { type: "string", default: "1,all" },
        rounds: { type: "string", default: "3" },
        // A peer may need a minute for an epoch: one of training and one sample is what a trial must have.
        epochs: { type: "string", default: "1" },
        budget: { type: "string", default: "60m" },
        peers: { type: "string", default: "all" },
        data: { type: "string" },
        out: { type: "string", default: "results" },
        from: { type: "string" },
        markdown: { type: "string" },
        json: { type: "string" },
      },
    }).values;
  } catch (error) {
    throw new InputError(`Cannot use these options: ${messageOf(error)}`, USAGE);
  }
}

function positive(flag: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new InputError(`Cannot use ${flag} ${text}: expected a whole number above 0`, USAGE);
}

/** Writes the page, or, into a file that has a place for it, what stands between its marks. */
async function writeMarkdown(path: string, page: string): Promise<void> {
  const before = existsSync(path) ? readFileSync(path, "utf8") : "";
  const hasPlace = before.includes("<!-- begin peers -->");
  await writeFileAtomic(path, hasPlace ? splice(before, "peers", page) : page + "\n");
}

/** The packages of the JavaScript peers, exactly as their lock file says. Without them the others still run. */
function installPackages(): void {
  if (!existsSync(join(PEERS_FOLDER, "package-lock.json"))) return;
  if (existsSync(join(PEERS_FOLDER, "node_modules"))) return;
  terminal.note(`installing the packages of the JavaScript peers (npm ci in ${PEERS_FOLDER})`);
  const { status, error } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], {
    cwd: PEERS_FOLDER,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) {
    const how = error?.message ?? `it ended with code ${status}`;
    terminal.note(`warning: npm ci failed (${how}): the JavaScript peers will be skipped`);
  }
}

function parsed<T>(
  flag: string,
  result: { success: true; value: T } | { success: false; error: unknown },
): T {
  if (result.success) return result.value;
  throw new InputError(`Cannot use ${flag}: ${JSON.stringify(result.error)}`, USAGE);
}
