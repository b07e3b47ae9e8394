/**
 * Runs Slope's fast implementations and the peers of peers/ in interleaved sweeps, and prints how their times compare,
 * beside the ratios that are aimed at.
 * Run: deno task peers --help
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import process from "node:process";
import { merge, object } from "@optique/core/constructs";
import { message, text } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { run } from "@optique/run";
import { peerRatios, runtimeCosts } from "./peer_ratios.ts";
import { PEER_SWEEPS, type PeerSweep } from "./peer_sweeps.ts";
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
import { writeReports } from "../src/report/all_formats.ts";
import { PEERS_FOLDER } from "../src/sweep/peers.ts";
import { startRun } from "../src/sweep/start_run.ts";
import { findRunFolder, readRun } from "../src/sweep/run_folder.ts";
import { type MeasuredSweep, peersPage } from "./peers_page.ts";
import { splice } from "./splice.ts";

const file = (flag: "--markdown" | "--json", what: string) =>
  optional(option(flag, string({ metavar: "FILE" }), { description: message`${text(what)}` }));

/** Where runs lie without --out. */
const RESULTS = "results";

/** At most eleven minutes on two cores that are otherwise idle. */
const DEFAULTS: PlanInput = { rounds: 5, budgetSeconds: 660 };

const OPTIONS = merge(
  planOptions("What to measure", ["sizes", "rounds", "budgetSeconds"], DEFAULTS),
  object("Output", {
    from: multiple(option("--from", string({ metavar: "RUN" }), {
      description: message`Show runs that were measured already; give it once for each of: ${
        text(PEER_SWEEPS.map(({ name }) => name).join(", "))
      }.`,
    })),
    markdown: file(
      "--markdown",
      "Also write the page to a file, between its marks if it has any.",
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
  if (given.from.length > PEER_SWEEPS.length) {
    throw new InputError(
      `Cannot show ${given.from.length} runs, expected at most ${PEER_SWEEPS.length}`,
      "see --help for their order",
    );
  }
  const interrupted = new AbortController();
  process.on("SIGINT", () => interrupted.abort());
  if (given.from.length === 0) installPackages();
  const measured: MeasuredSweep[] = [];
  for (const [place, sweep] of PEER_SWEEPS.entries()) {
    if (interrupted.signal.aborted) break;
    if (given.from.length > 0 && place >= given.from.length) break;
    const folder = given.from.length > 0
      ? await findRunFolder(given.from[place], given.out ?? RESULTS)
      : await measure(sweep, given, interrupted.signal);
    const raw = { name: basename(folder), ...readRun(folder) };
    const summary = summarise(raw.run, raw.trials, raw.name);
    await writeReports(folder, summary, raw);
    terminal.note(`report: ${join(folder, "report.html")}`);
    measured.push({
      sweep,
      summary,
      ratios: peerRatios(raw.run, raw.trials, sweep.comparisons),
      costs: runtimeCosts(raw.run, raw.trials),
    });
  }
  const page = peersPage(measured);
  terminal.out(page);
  if (given.markdown !== undefined) await writeMarkdown(given.markdown, page);
  if (given.json !== undefined) {
    const figures = measured.map((
      { sweep: { name }, summary: { environment, cells }, ...rest },
    ) => ({
      name,
      environment,
      cells,
      ...rest,
    }));
    await writeFileAtomic(given.json, JSON.stringify(figures, undefined, 2) + "\n");
  }
  if (interrupted.signal.aborted) return 130;
  return measured.some(({ summary }) => summary.counts.failed > 0) ? 1 : 0;
}

/** Measures, and returns the folder of the run. */
async function measure(
  { name, plan, share }: PeerSweep,
  given: InferValue<typeof OPTIONS>,
  signal: AbortSignal,
): Promise<string> {
  const { sizes, rounds, budgetSeconds } = { ...DEFAULTS, ...planInputs(given).at(-1) };
  const chosen: PlanInput = {
    budgetSeconds: share * budgetSeconds!,
    ...(plan.rounds === undefined && { rounds: rounds! }),
    // Subsets that the sweep sizes for its slowest program stay as they are.
    ...(sizes && String(plan.sizes) === "all" && { sizes }),
  };
  const handle = await startRun(
    [plan, chosen],
    () => loadData(given, terminal),
    given.out ?? RESULTS,
    signal,
  );
  terminal.note(`run: ${name}: ${handle.folder}`);
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
