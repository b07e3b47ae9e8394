/**
 * Whether Slope's verdicts hold on this machine, by real runs: comparisons of a thing with itself, which must
 * find nothing, and of implementations with a known amount of work more, which must be found. Writes the
 * figures into docs/METHODOLOGY.md. Let nothing else run meanwhile, or let it: that is a figure too.
 * Run: deno task power --help
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Comparison } from "../src/format/comparison.ts";
import { Summary } from "../src/format/summary.ts";
import { median } from "../src/stats/statistics.ts";
import { splice } from "./splice.ts";

const PROJECT = fileURLToPath(new URL("..", import.meta.url));
const PAGE = join(PROJECT, "docs", "METHODOLOGY.md");
const PLANTED = join(PROJECT, "scripts", "power", "planted.ts");

const USAGE = `Usage: deno task power [--runs 20] [--only quick,planted,twin] [--data DIR] [--write]
  quick     --runs comparisons of two --quick runs each, of the same code
  planted   --runs runs of --resolve 2% with 5 % more work planted in one of two implementations
  twin      the same with nothing planted
  --write   put the figures into docs/METHODOLOGY.md`;

/** What a run says of a pair, and how long it took. */
interface Resolved {
  readonly verdict: string;
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly rounds: number;
  readonly seconds: number;
}

const { values: given } = parseArgs({
  options: {
    runs: { type: "string", default: "20" },
    only: { type: "string", default: "quick,planted,twin" },
    data: { type: "string" },
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const runs = Number(given.runs);
if (given.help || !(Number.isInteger(runs) && runs > 0)) {
  console.log(USAGE);
  process.exit(given.help ? 0 : 2);
}
const parts = { quick: quickPairs, planted: planted5, twin: plantedNone };
for (const name of given.only.split(",")) {
  const part = parts[name as keyof typeof parts];
  if (part === undefined) {
    console.error(`error: Cannot run the part "${name}": expected some of quick, planted, twin`);
    process.exit(2);
  }
  const content = part();
  console.log(content);
  if (given.write) {
    writeFileSync(PAGE, splice(readFileSync(PAGE, "utf8"), `power ${name}`, content));
  }
}

/** Comparisons of two runs of `bench --quick`, one after the other. */
function quickPairs(): string {
  const counts = new Map<string, number>();
  const falseOnes: string[] = [];
  const paces: number[] = [];
  let refused = 0;
  for (let i = 1; i <= runs; i++) {
    inFolder((folder) => {
      const bench = () => {
        const out = join(folder, "runs");
        slope(["bench", "--quick", "--out", out, ...dataOption()], [0]);
        return realpathSync(join(out, "latest"));
      };
      const [a, b] = [bench(), bench()];
      const output = slope(["compare", a, b, "--format", "json"], [0, 1, 2]);
      if (output === "") {
        refused++; // on a machine too busy for two trials of any cell
        return note(`quick ${i}/${runs}: refused`);
      }
      const comparison = Comparison.parse(JSON.parse(output));
      const verdicts = comparison.cells.map(({ verdict }) => verdict);
      verdicts.forEach((verdict) => counts.set(verdict, (counts.get(verdict) ?? 0) + 1));
      const wrong = comparison.cells.filter(({ verdict }) =>
        verdict === "slower" || verdict === "faster"
      );
      if (wrong.length > 0) {
        falseOnes.push(
          `${i}: ` +
            wrong.map((one) => `${one.label} m = ${one.cell.examples} ${one.ratio}`).join(),
        );
      }
      if (comparison.pace) paces.push(comparison.pace.ratio);
      note(`quick ${i}/${runs}: ${comparison.verdict}`);
    });
  }
  falseOnes.forEach((line) => note(`false verdict in comparison ${line}`));
  const cells = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const share = (verdict: string) => `${counts.get(verdict) ?? 0} ${verdict}`;
  const drift = paces.map((pace) => Math.abs(Math.log(pace)));
  return `${runs} comparisons of two \`--quick\` runs of the same code, ${cells} cells in all: ` +
    (refused > 0 ? `${refused} were refused for too few trials, ` : "") +
    `${falseOnes.length} comparisons gave \`faster\` or \`slower\` (cells: ${share("faster")}, ` +
    `${share("slower")}, ${share("same")}, ${share("unresolved")}).` +
    (drift.length > 0
      ? ` Between the two runs the machine's pace changed by ${percent(median(drift))} in the ` +
        `median and by up to ${percent(Math.max(...drift))}.`
      : "");
}

function planted5(): string {
  const all = resolvedRuns("planted_5", "planted");
  const found = all.filter(({ verdict }) => verdict === "slower");
  return `${runs} runs of \`--resolve 2%\` of an implementation that does 5 % more work: ` +
    `${found.length} \`slower\`${others(all, "slower")}. ${figures(all)}`;
}

function plantedNone(): string {
  const all = resolvedRuns("planted_twin", "twin");
  const wrong = all.filter(({ verdict }) => verdict === "slower" || verdict === "faster");
  return `${runs} runs of \`--resolve 2%\` of two that do the same work: ${wrong.length} \`faster\` ` +
    `or \`slower\`${others(all, "")}. ${figures(all)}`;
}

function resolvedRuns(name: string, part: string): Resolved[] {
  return Array.from({ length: runs }, (_, i) => {
    const result = resolvedRun(name);
    note(
      `${part} ${i + 1}/${runs}: ${result.verdict}, ratio ${result.ratio.toFixed(3)} ` +
        `[${result.low.toFixed(3)}, ${result.high.toFixed(3)}] after ${result.rounds} rounds, ` +
        `${result.seconds.toFixed(0)} s`,
    );
    return result;
  });
}

function resolvedRun(name: string): Resolved {
  let resolved: Resolved | undefined;
  inFolder((folder) => {
    const start = performance.now();
    const output = slope([
      "bench",
      ...["--plugin", PLANTED, "--implementations", `planted_none,${name}`],
      ...["--sizes", "1000", "--epochs", "1", "--resolve", "2%", "--budget", "110s"],
      ...["--format", "json", "--out", folder],
      ...dataOption(),
    ], [0]);
    const seconds = (performance.now() - start) / 1000;
    const { pairs } = Summary.parse(JSON.parse(output)).resolved ?? { pairs: [] };
    const { verdict, ratio = NaN, low = 0, high = Infinity, rounds } = pairs[0];
    resolved = { verdict, ratio, low, high, rounds, seconds };
  });
  return resolved!;
}

function others(all: readonly Resolved[], expected: string): string {
  const rest = [...Map.groupBy(all, ({ verdict }) => verdict)]
    .filter(([verdict]) => verdict !== expected);
  return rest.map(([verdict, { length }]) => `, ${length} \`${verdict}\``).join("");
}

function figures(all: readonly Resolved[]): string {
  const range = (values: readonly number[], digits: number) =>
    `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)} to ` +
    `${Math.max(...values).toFixed(digits)})`;
  return `Ratio ${range(all.map(({ ratio }) => ratio), 3)}, rounds ${
    range(all.map(({ rounds }) => rounds), 0)
  }, seconds ${range(all.map(({ seconds }) => seconds), 0)}: median and range over the runs.`;
}

function inFolder(body: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "slope-power-"));
  try {
    body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs the command line in a process of its own; returns its standard output. */
function slope(args: readonly string[], codes: readonly number[]): string {
  const command = ["task", "--quiet", "slope", ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: PROJECT,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status === null || !codes.includes(status)) {
    throw new Error(`slope ${args.join(" ")} ended with code ${status}:\n${stderr}`);
  }
  return stdout;
}

function dataOption(): string[] {
  return given.data === undefined ? [] : ["--data", given.data];
}

function note(line: string): void {
  console.error(line);
}

function percent(logRatio: number): string {
  return `${(100 * Math.expm1(logRatio)).toFixed(1)} %`;
}
