import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { readRun, runNames } from "../../src/sweep/run_folder.ts";
import { briefPlan, PROJECT, type Running, smallData, startSlope } from "./cli.ts";

/** The plug-in of examples/one_layer.ts. */
export const ONE_LAYER = readFileSync(join(PROJECT, "examples", "one_layer.ts"), "utf8");
/** The same with extra work in every step, which about doubles its time. */
export const SLOWER = ONE_LAYER.replace(
  "gradient.fill(0);",
  "gradient.fill(0);\n      for (let i = 0; i < 60_000; i++) Math.sin(i) > 2 && gradient.fill(1);",
);

/** Waits for `count` complete runs in `out`; fails if the process ends first. */
export async function finishedRuns(out: string, count: number, watching: Running) {
  let ended = false;
  watching.ended.then(() => ended = true);
  for (;;) {
    const runs = allRuns(out);
    const finished = runs.filter(({ run }) => run.sessions[0].ended === "complete");
    if (finished.length >= count) return finished;
    assert.ok(!ended, "it ended");
    await pause(100);
  }
}

export const allRuns = (out: string) =>
  existsSync(out) ? runNames(out).map((name) => readRun(join(out, name))) : [];

/** Starts `bench --watch` on `plan`, lets `body` edit, ends it as Ctrl-C does, and returns what it printed. */
export async function watch(
  folder: string,
  plan: Readonly<Record<string, unknown>>,
  more: readonly string[],
  body: (watching: Running, out: string) => Promise<void>,
) {
  const [file, out] = [join(folder, "plan.json"), join(folder, "out")];
  writePlan(file, plan);
  const watching = startSlope(["bench", "--plan", file, "--out", out, "--watch", ...more], {
    SLOPE_DATA: smallData(),
  });
  try {
    await body(watching, out);
  } finally {
    watching.kill("SIGINT");
  }
  const ended = await watching.ended;
  assert.equal(ended.code, 130, ended.stderr);
  return ended;
}

export function writePlan(file: string, plan: Readonly<Record<string, unknown>>) {
  const brief = JSON.parse(readFileSync(briefPlan(), "utf8"));
  writeFileSync(
    file,
    JSON.stringify({ ...brief, layers: [[784, 10]], rounds: 2, sizes: [60], ...plan }),
  );
}

/** Implementations and sizes of a run. */
export const cellsOf = ({ trials }: ReturnType<typeof readRun>) =>
  [...new Set(trials.map(({ cell }) => `${cell.implementation} ${cell.examples}`))].sort();

/** The one-layer network under another name. */
export const named = (name: string) => ONE_LAYER.replace('name: "one_layer"', `name: "${name}"`);

export const until = async (holds: () => boolean) => {
  while (!holds()) await pause(50);
};
