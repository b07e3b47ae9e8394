/**
 * Runs Slope's fast implementations and the peers of peers/ in one interleaved sweep, and prints how
 * their times compare, beside the ratios that are aimed at.
 * Run: deno task peers --help
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import process from "node:process";
import { merge, object } from "@optique/core/constructs";
import { message, text } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { run } from "@optique/run";
import { peerRatios } from "./peer_ratios.ts";
import { summarise } from "../src/summary/summarise.ts";
import { InputError } from "../src/base/errors.ts";
import { writeFileAtomic } from "../src/base/files.ts";
import { loadData } from "../src/cli/options.ts";
import { createProgress } from "../src/cli/progress.ts";
import { processTerminal } from "../src/base/terminal.ts";
import { tellError } from "../src/report/tell_error.ts";
import { dataOptions, outOption } from "../src/cli/options.ts";
import { planInputs, planOptions } from "../src/cli/plan_options.ts";
import type { PlanInput } from "../src/format/plan.ts";
import { IMPLEMENTATIONS } from "../src/gradients/all.ts";
import { writeReports } from "../src/report/all_formats.ts";
import { PEERS_FOLDER } from "../src/sweep/peers.ts";
import { startRun } from "../src/sweep/start_run.ts";
import { findRunFolder, readRun } from "../src/sweep/run_folder.ts";
import { peersPage } from "./peers_page.ts";
import { splice } from "./splice.ts";

/** The implementations that the peers are compared with, where they exist. */
const OURS = ["wasm_sparse", "wasm_threads", "sparse_typed", "fused_typed"];

const file = (flag: "--markdown" | "--json", what: string) =>
  optional(option(flag, string({ metavar: "FILE" }), { description: message`${text(what)}` }));

/** A peer may need a minute for an epoch: each trial trains one and samples one. */
const DEFAULTS: PlanInput = {
  peers: ["all"],
  sizes: ["all"],
  batchSizes: [10, 32, 1000],
  threads: [1, "all"],
  rounds: 3,
  epochs: 1,
  budgetSeconds: 3600,
};

const OPTIONS = merge(
  planOptions(
    "What to measure",
    ["peers", "sizes", "batchSizes", "threads", "rounds", "epochs", "budgetSeconds"],
    DEFAULTS,
  ),
  object("Output", {
    from: optional(option("--from", string({ metavar: "RUN" }), {
      description: message`Show a run that was measured already.`,
    })),
    markdown: file(
      "--markdown",
      "Also write the table to a file, between its marks if it has any.",
    ),
    json: file("--json", "Also write every figure to a file."),
  }),
  dataOptions,
  outOption,
);

const terminal = processTerminal();
try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  tellError(error, terminal);
  process.exitCode = 2;
}

async function main(): Promise<number> {
  const given = run(OPTIONS, { programName: "deno task peers", help: "option", errorExitCode: 2 });
  const interrupted = new AbortController();
  process.on("SIGINT", () => interrupted.abort());
  const folder = given.from === undefined
    ? await measure(given, interrupted.signal)
    : await findRunFolder(given.from, given.out);
  const raw = { name: basename(folder), ...readRun(folder) };
  const summary = summarise(raw.run, raw.trials, raw.name);
  await writeReports(folder, summary, raw);
  const ratios = peerRatios(raw.run, raw.trials);
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
async function measure(given: InferValue<typeof OPTIONS>, signal: AbortSignal): Promise<string> {
  const implementations = OURS.filter((name) => IMPLEMENTATIONS.some((one) => one.name === name));
  installPackages();
  const inputs = [DEFAULTS, { implementations }, ...planInputs(given)];
  const handle = await startRun(inputs, () => loadData(given, terminal), given.out, signal);
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
