import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { closestTo } from "../src/base/closest.ts";
import { FAIL_ON, type FailOn } from "../src/format/config.ts";
import { wordsOf } from "../src/trial/program/kinds.ts";
import type { Environment } from "./runner.ts";

const HISTORIES = ["none", "artifact", "branch"] as const;
const RUNTIMES = ["node", "deno", "bun"] as const;

export interface Inputs {
  /** As they are given: relative to `folder`. */
  readonly plugins: readonly string[];
  /** What to measure against; undefined where nothing says it. */
  readonly base: string | undefined;
  /** Words of the command line. */
  readonly options: readonly string[];
  /** This and the following: undefined where the workflow leaves it to the configuration. */
  readonly rounds: string | undefined;
  readonly budget: string | undefined;
  readonly threshold: string | undefined;
  readonly failOn: readonly FailOn[] | undefined;
  readonly history: (typeof HISTORIES)[number];
  readonly historyBranch: string;
  readonly runtime: (typeof RUNTIMES)[number];
  /** Absolute. */
  readonly folder: string;
  /** A push to a branch, and not a proposal that may come from a fork. */
  readonly isPush: boolean;
}

/** The part of an event's file that matters here. */
const Event = z.object({
  pull_request: z.object({ base: z.object({ sha: z.string() }) }).optional(),
  before: z.string().optional(),
});

/** What GitHub says of a branch that was not there before. */
const NOTHING = /^0+$/;

/** Reads what the workflow gives, and what happened. Throws Error for what cannot be used. */
export function readInputs(environment: Environment): Inputs {
  const set = (name: string) => environment[`SLOPE_${name}`]?.trim() || undefined;
  const given = (name: string, otherwise: string) => set(name) ?? otherwise;
  const event = eventOf(environment.GITHUB_EVENT_PATH);
  const before = event.before !== undefined && !NOTHING.test(event.before)
    ? event.before
    : undefined;
  const options = given("OPTIONS", "");
  return {
    plugins: given("PLUGINS", "").split("\n").map((one) => one.trim()).filter((one) => one !== ""),
    base: set("BASE") || event.pull_request?.base.sha || before,
    options: options === "" ? [] : wordsOf(`cmd: ${options.replaceAll("\n", " ")}`),
    rounds: set("ROUNDS"),
    budget: set("BUDGET"),
    threshold: set("THRESHOLD"),
    failOn: set("FAIL_ON")?.split(",").map((one) => oneOf("fail-on", one.trim(), FAIL_ON)),
    history: oneOf("history", given("HISTORY", "artifact"), HISTORIES),
    historyBranch: given("HISTORY_BRANCH", "slope-history"),
    runtime: oneOf("runtime", given("RUNTIME", "node"), RUNTIMES),
    folder: resolve(environment.GITHUB_WORKSPACE ?? ".", given("FOLDER", ".")),
    isPush: environment.GITHUB_EVENT_NAME === "push",
  };
}

function eventOf(path: string | undefined): z.infer<typeof Event> {
  if (path === undefined) return {};
  return Event.safeParse(JSON.parse(readFileSync(path, "utf8"))).data ?? {};
}

function oneOf<const T extends string>(name: string, value: string, choices: readonly T[]): T {
  const found = choices.find((one) => one === value);
  if (found !== undefined) return found;
  const near = closestTo(value, choices);
  throw new Error(
    `Cannot use the input ${name}: "${value}", expected ${choices.join(", ")}` +
      (near === undefined ? "" : `; did you mean "${near}"?`),
  );
}
