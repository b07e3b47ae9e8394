import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { parse } from "yaml";
import { PROJECT } from "./cli.ts";
import { skipOutsideDeno } from "./slow.ts";
import { skipFor } from "./skips.ts";

/** What the runner does with `action.yml`, as far as Slope's needs it: expressions of inputs and outputs, and their `if`. */
interface Step {
  readonly name: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
}

/** For tests that run the steps: skipped, with the reason, outside Deno, because the steps run in Node, and without it. */
export const NEEDS_NODE: { readonly skip?: string } = skipOutsideDeno
  ? { skip: skipOutsideDeno }
  : hasNode()
  ? {}
  : { skip: skipFor("Node is not here, and the action runs in it") };

function hasNode(): boolean {
  try {
    execFileSync("node", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** What the step that measures printed. */
export const printedBy = ({ steps }: Pick<RunAction, "steps">): string =>
  steps.find(({ name }) => name === "Measure")?.output ?? "";

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

export const ACTION: Action = parse(readFileSync(join(PROJECT, "action.yml"), "utf8"));

/** A step that was run: its exit code and output; of one that uses another action, what that action gets. */
export interface RunStep {
  readonly name: string;
  readonly code?: number;
  readonly output?: string;
  readonly with?: Readonly<Record<string, string>>;
}

export interface RunAction {
  readonly steps: readonly RunStep[];
  readonly outputs: Readonly<Record<string, string>>;
  /** Markdown. */
  readonly summary: string;
  readonly failed: boolean;
}

/**
 * Runs the steps of `action.yml` in a shell with the variables that a runner sets. Steps in `left` are left out, as are
 * those that use other actions.
 */
export async function runAction(
  folder: string,
  repository: string,
  event: { readonly name: string; readonly content: object },
  inputs: Readonly<Record<string, string>>,
  left: readonly string[] = ["Install Slope"],
): Promise<RunAction> {
  const outputsOf = new Map<string, Record<string, string>>();
  const values = (path: string): string => {
    const [, step, output] = /^steps\.(\w+)\.outputs\.(\w+)$/.exec(path) ?? [];
    if (step !== undefined) return outputsOf.get(step)?.[output] ?? "";
    const [, input] = /^inputs\.([\w-]+)$/.exec(path) ?? [];
    if (input === undefined) throw new Error(`${path} is no expression that this runner knows`);
    return inputs[input] ?? ACTION.inputs[input].default;
  };
  const filled = (text: string) => text.replaceAll(/\$\{\{ (.*?) \}\}/g, (_, path) => values(path));
  const steps: RunStep[] = [];
  const summary = join(folder, "summary.md");
  writeFileSync(summary, "");
  writeFileSync(join(folder, "event.json"), JSON.stringify(event.content));
  mkdirSync(join(folder, "temp"), { recursive: true });
  let failed = false;
  for (const [i, step] of ACTION.runs.steps.entries()) {
    if (left.includes(step.name)) continue;
    const { isAlways, isTrue } = conditionOf(step.if ?? "", values);
    if (!isTrue || failed && !isAlways) continue;
    if (step.run === undefined) {
      const given = Object.entries(step.with ?? {}).map(([name, text]) =>
        [name, filled(String(text))] as const
      );
      steps.push({ name: step.name, with: Object.fromEntries(given) });
      continue;
    }
    const output = join(folder, `output-${i}`);
    writeFileSync(output, "");
    const ran = await shell(step.run, repository, {
      ...Object.fromEntries(
        Object.entries(step.env ?? {}).map(([name, text]) => [name, filled(text)]),
      ),
      GITHUB_ACTION_PATH: PROJECT.replace(/\/$/, ""),
      GITHUB_WORKSPACE: repository,
      GITHUB_EVENT_NAME: event.name,
      GITHUB_EVENT_PATH: join(folder, "event.json"),
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_PATH: join(folder, "path"),
      RUNNER_TEMP: join(folder, "temp"),
      // The runtime of the tests, which the input `runtime` may name.
      PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
    });
    steps.push({ name: step.name, ...ran });
    if (step.id !== undefined) outputsOf.set(step.id, readOutputs(output));
    failed ||= ran.code !== 0;
  }
  return {
    steps,
    outputs: Object.fromEntries(
      Object.entries(ACTION.outputs).map(([name, { value }]) => [name, filled(value)]),
    ),
    summary: readFileSync(summary, "utf8"),
    failed,
  };
}

/** A chain of comparisons with `&&`; without a function of its own, a step runs after successful ones alone. */
function conditionOf(
  condition: string,
  values: (path: string) => string,
): { isAlways: boolean; isTrue: boolean } {
  const parts = condition.split(" && ").filter((part) => part !== "");
  const comparisons = parts.filter((part) => part !== "always()");
  const isTrue = comparisons.every((part) => {
    const [, path, operator, value] = /^(\S+) (==|!=) '(.*)'$/.exec(part) ?? [];
    if (path === undefined) throw new Error(`${part} is no condition that this runner knows`);
    return (values(path) === value) === (operator === "==");
  });
  return { isAlways: comparisons.length < parts.length, isTrue };
}

/** As `shell: bash` of a workflow. */
const shell = (
  script: string,
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<{ code: number; output: string }> =>
  new Promise((resolve) => {
    const args = ["--noprofile", "--norc", "-eo", "pipefail", "-c", script];
    const all = { ...process.env, ...env };
    execFile("bash", args, { cwd, env: all, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, output: stdout + stderr });
    });
  });

function readOutputs(path: string): Record<string, string> {
  const text = readFileSync(path, "utf8");
  const found = text.matchAll(/^(\w+)<<(\S+)\n([^]*?)\n\2$/gm);
  return Object.fromEntries([...found].map(([, name, , value]) => [name, value]));
}
