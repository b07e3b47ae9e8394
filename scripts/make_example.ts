/**
 * Makes the example run of the README on the real MNIST, in results/example/, and splices its table and
 * plots into the README. Run: SLOPE_DATA=… deno task example [--again]; --again splices what is there.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { summarise } from "../src/summary/summarise.ts";
import { writeReports } from "../src/report/all_formats.ts";
import { readRun } from "../src/sweep/run_folder.ts";
import { exampleSection } from "./example_section.ts";
import { splice } from "./splice.ts";

const PROJECT = fileURLToPath(new URL("..", import.meta.url));
const EXAMPLE = join(PROJECT, "results", "example");

function measure(): void {
  const data = process.env.SLOPE_DATA;
  if (!data) {
    throw new Error("Cannot make the example: name the folder of the real MNIST in SLOPE_DATA");
  }
  const out = mkdtempSync(join(tmpdir(), "slope-example-"));
  // Started beside the data, so that the run file does not reveal their location.
  const place = realpathSync(data);
  const where = ["--out", out, "--data", basename(place)];
  const main = join(PROJECT, "src", "main.ts");
  const config = join(PROJECT, "deno.json");
  const args = ["run", "--allow-all", "--config", config, main, "bench", ...where];
  const { status } = spawnSync(process.execPath, args, { cwd: dirname(place), stdio: "inherit" });
  if (status !== 0) throw new Error(`Cannot make the example: bench ended with code ${status}`);
  rmSync(EXAMPLE, { recursive: true, force: true });
  cpSync(realpathSync(join(out, "latest")), EXAMPLE, { recursive: true });
  rmSync(out, { recursive: true });
}

if (!process.argv.includes("--again")) measure();
const { run, trials } = readRun(EXAMPLE);
const name = basename(EXAMPLE);
const summary = summarise(run, trials, name);
await writeReports(EXAMPLE, summary, { name, run, trials });
const page = join(PROJECT, "README.md");
writeFileSync(page, splice(readFileSync(page, "utf8"), "example", exampleSection(summary)));
spawnSync(process.execPath, ["fmt", "--quiet", page], { cwd: PROJECT, stdio: "inherit" });
