/**
 * Makes the example run of the README on the real MNIST, in results/example/, and splices its table and
 * plots into the README. Run: SLOPE_DATA=… deno task example [--again]; --again splices what is there.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { summarise } from "../src/analysis/summarise.ts";
import type { Summary } from "../src/analysis/summary.ts";
import { IMPLEMENTATIONS } from "../src/gradients/all.ts";
import {
  formatCount,
  formatDuration,
  formatInterval,
  formatPercent,
} from "../src/report/format.ts";
import { writeReports } from "../src/report/write.ts";
import { readRun } from "../src/sweep/run_folder.ts";
import { splice } from "./splice.ts";

const PROJECT = fileURLToPath(new URL("..", import.meta.url));
const EXAMPLE = join(PROJECT, "results", "example");

function measure(): void {
  const data = process.env.SLOPE_DATA;
  if (!data) {
    throw new Error("Cannot make the example: name the folder of the real MNIST in SLOPE_DATA");
  }
  const out = mkdtempSync(join(tmpdir(), "slope-example-"));
  // A path relative to the project: the run file must not tell where somebody keeps the project.
  const where = ["--out", out, "--data", relative(PROJECT, realpathSync(data))];
  // The default plan with three times its time, so that no trial is skipped and the intervals mean something;
  // without a GPU, which not everybody has who makes the example again.
  const names = IMPLEMENTATIONS.map(({ name }) => name).filter((name) => name !== "webgpu");
  const plan = ["--budget", "360s", "--implementations", names.join(",")];
  const args = ["task", "bench", ...plan, ...where];
  const { status } = spawnSync(process.execPath, args, { cwd: PROJECT, stdio: "inherit" });
  if (status !== 0) throw new Error(`Cannot make the example: bench ended with code ${status}`);
  rmSync(EXAMPLE, { recursive: true, force: true });
  cpSync(realpathSync(join(out, "latest")), EXAMPLE, { recursive: true });
  rmSync(out, { recursive: true });
}

/** The README's table: every implementation at some sizes, with the figures that decide. */
function table(summary: Summary): string {
  const sizes = [...new Set(summary.cells.map(({ cell }) => cell.examples))].sort((a, b) => a - b);
  const shown = [sizes[0], sizes[sizes.length >> 1], sizes[sizes.length - 1]];
  const cellOf = (series: number, examples: number) =>
    summary.cells.find((cell) => cell.series === series && cell.cell.examples === examples);
  const rows = summary.series.map(({ label }, series) => {
    const cells = shown.map((examples) => cellOf(series, examples));
    const largest = cells[cells.length - 1];
    const law = summary.scalingLaws.find((one) => one.series === series);
    return [
      `\`${label}\``,
      ...cells.map((cell) => cell ? formatDuration(cell.nsPerExample.value) : "–"),
      largest?.speedup ? formatInterval(largest.speedup, (x) => `${x.toFixed(2)} ×`) : "–",
      law ? formatInterval(law.exponent, (x) => x.toFixed(3)) : "–",
      ...[cells[0], largest].map((cell) => cell ? formatPercent(cell.testAccuracy) : "–"),
    ];
  });
  const first = formatCount(shown[0]);
  const last = formatCount(shown[shown.length - 1]);
  const head = [
    "implementation",
    ...shown.map((examples) => `per example, m = ${formatCount(examples)}`),
    `speedup, m = ${last}`,
    "exponent k",
    `accuracy, m = ${first}`,
    `accuracy, m = ${last}`,
  ];
  return [head, head.map((_, i) => i === 0 ? "---" : "---:"), ...rows]
    .map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function section(summary: Summary): string {
  const { plan, environment, counts, time } = summary;
  const runtimes = Object.entries(environment.runtimes).map(([name, version]) =>
    `${name} ${version}`
  );
  return [
    `Real MNIST, ${plan.layerSizes.join("-")}, minibatches of ${plan.batchSizes.join(", ")}, ` +
    `${plan.epochs} epochs, ${plan.rounds} rounds, on ${environment.cores} cores of an ` +
    `${environment.cpu}, ${runtimes.join(", ")}; ${counts.ok} trials in ` +
    `${formatDuration(time.wallNs)}, ${
      formatPercent(time.measuredShare, 0)
    } of it in training and ` +
    `samples. Figures are medians, in brackets 95 % intervals.`,
    "",
    table(summary),
    "",
    "![Time per epoch over the number of examples, log-log](results/example/plots/time.svg)",
    "",
    "![Test accuracy over the number of examples](results/example/plots/accuracy.svg)",
  ].join("\n");
}

if (!process.argv.includes("--again")) measure();
const { run, trials } = readRun(EXAMPLE);
const name = basename(EXAMPLE);
const summary = summarise(run, trials, name);
await writeReports(EXAMPLE, summary, { name, run, trials });
const page = join(PROJECT, "README.md");
writeFileSync(page, splice(readFileSync(page, "utf8"), "example", section(summary)));
spawnSync(process.execPath, ["fmt", "--quiet", page], { cwd: PROJECT, stdio: "inherit" });
