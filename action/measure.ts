/**
 * The step of the action that measures: finds the base version, runs `bench`, writes the summary of the job, remarks
 * beside the code and the outputs, and keeps the run. It ends with 0 where it could judge: a later step fails the job,
 * so that the report is kept in any case.
 */
import { cpSync, mkdtempSync, readFileSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import process from "node:process";
import { Summary } from "../src/format/summary.ts";
import { commitOfBase, isInCommit } from "./base.ts";
import { CannotMeasure, git, lastLines, slope } from "./commands.ts";
import { addToBranch, readBranch } from "./history.ts";
import { type Inputs, readInputs } from "./inputs.ts";
import { judge, type ProgramAnnotation } from "./judge.ts";
import { addToSummary, type Annotation, annotationLine, setOutputs } from "./runner.ts";
import { type Settings, settingsOf } from "./settings.ts";

const environment = process.env;
const tell = (annotation: Annotation) => console.log(annotationLine(annotation));

async function measure(inputs: Inputs): Promise<void> {
  const { folder } = inputs;
  const settings = await settingsOf(inputs);
  const { plugins, failOn } = settings;
  if (plugins.length === 0) {
    throw new CannotMeasure(
      "There is nothing to measure: set the input `plugins`, or name plug-ins in slope.config.json",
    );
  }
  const base = inputs.base === undefined ? undefined : await commitOfBase(inputs.base, folder);
  const isThere = await Promise.all(
    plugins.map((plugin) => base !== undefined && isInCommit(base, plugin, folder)),
  );
  const against = base !== undefined && isThere.some((one) => one) ? base : undefined;
  const place = realpathSync(
    mkdtempSync(join(environment.RUNNER_TEMP ?? tmpdir(), "slope-report-")),
  );
  const out = join(place, "runs");
  const summary = await bench(inputs, settings, against, out);
  const run = realpathSync(join(out, "latest"));
  cpSync(join(run, "report.html"), join(place, "report.html"));

  const { verdict, failed, annotations } = judge(summary, failOn);
  const files = await filesOf(annotations, inputs, plugins);
  for (const annotation of annotations) {
    const { implementation, ...rest } = annotation;
    tell({ ...rest, ...placeOf(files.get(implementation), folder) });
  }
  addToSummary(environment, `## Slope\n\n${await summaryText(inputs, run, summary, place)}\n`);
  setOutputs(environment, { verdict, failed: String(failed), report: place, run });
  await keep(inputs, run, place);
}

async function bench(
  inputs: Inputs,
  { options }: Settings,
  against: string | undefined,
  out: string,
): Promise<Summary> {
  const { code, stdout, stderr } = await slope(inputs, [
    ...["bench", "--format", "json", "--out", out],
    ...options,
    // Without a base, one known program shows what the times mean.
    ...against === undefined
      ? ["--implementations", "fused_typed"]
      : ["--against", `git:${against}`],
    ...inputs.options,
  ]);
  // 1: a check failed, and the summary says which.
  if (code !== 0 && code !== 1) throw new CannotMeasure(lastLines(stderr));
  return Summary.parse(JSON.parse(stdout));
}

/** The file of each program that a remark is about. */
async function filesOf(
  annotations: readonly ProgramAnnotation[],
  inputs: Inputs,
  plugins: readonly string[],
): Promise<ReadonlyMap<string | undefined, string>> {
  if (annotations.length === 0) return new Map();
  if (plugins.length === 1) {
    return new Map(annotations.map(({ implementation }) => [implementation, plugins[0]]));
  }
  const { stdout } = await slope(inputs, [
    ...["list", "--format", "json"],
    ...plugins.flatMap((plugin) => ["--plugin", plugin]),
  ]);
  const { implementations } = JSON.parse(stdout) as {
    implementations: { name: string; plugin?: string }[];
  };
  return new Map(
    implementations.flatMap(({ name, plugin }) => plugin === undefined ? [] : [[name, plugin]]),
  );
}

/** What a plug-in calls its gradient, in any of its forms. */
const DEFINITION =
  /^(?!\s*(\/\/|#|\*)).*\b(gradient|trainBatch|train_batch|prepare|slope_gradient)\b\s*[(=:]/;

/** The file of a program and the line that defines its gradient, as far as they are known. */
function placeOf(plugin: string | undefined, folder: string): Pick<Annotation, "file" | "line"> {
  if (plugin === undefined || plugin.startsWith("cmd:")) return {};
  const path = resolve(folder, plugin);
  const file = relative(resolve(environment.GITHUB_WORKSPACE ?? "."), path);
  const lines = readFileSync(path, "utf8").split("\n");
  const index = lines.findIndex((line) => DEFINITION.test(line));
  return { file, ...index >= 0 && { line: index + 1 } };
}

/** The comparison, with its page beside the report; what the run says, where there is none. */
async function summaryText(
  inputs: Inputs,
  run: string,
  { against, plan }: Summary,
  place: string,
): Promise<string> {
  if (against !== undefined) {
    const page = ["--page", join(place, "comparison.html")];
    return (await slope(inputs, ["compare", run, "--format", "markdown", ...page])).stdout;
  }
  const { stdout } = await slope(inputs, ["report", run]);
  const first = plan.against === undefined ? ["No base version was measured.", ""] : [];
  return [...first, "```", stdout.trimEnd(), "```"].join("\n");
}

/** Adds the run to the history, where a push is measured: a proposal may come from a fork, which may write nothing. */
async function keep(inputs: Inputs, run: string, place: string): Promise<void> {
  const { history, historyBranch, folder, isPush } = inputs;
  if (history !== "branch") return;
  try {
    const repository = await git(folder, ["rev-parse", "--show-toplevel"]);
    if (isPush) await addToBranch(repository, run, historyBranch);
    const runs = join(place, "history");
    if (!await readBranch(repository, historyBranch, runs)) return;
    await slope(inputs, ["history", runs, "--page", join(place, "history.html")]);
  } catch (error) {
    tell({
      level: "warning",
      title: "The history was not kept",
      message: `${(error as Error).message}\nIt needs \`permissions: contents: write\``,
    });
  }
}

try {
  await measure(readInputs(environment));
} catch (error) {
  const { message, stack } = error as Error;
  tell({ level: "error", title: "Slope cannot measure", message });
  if (!(error instanceof CannotMeasure)) console.error(stack);
  setOutputs(environment, { verdict: "not-compared", failed: "true" });
  process.exitCode = 2;
}
