import { z } from "zod";
import { FAIL_ON, type FailOn } from "../src/format/config.ts";
import { CannotMeasure, lastLines, slope } from "./commands.ts";
import type { Inputs } from "./inputs.ts";

/** What holds where neither the workflow nor the configuration says anything: hosted runners are noisy. */
const ROUNDS = 20;
const BUDGET_SECONDS = 480;
const FAILS: readonly FailOn[] = ["slower", "wrong"];

const field = <T extends z.ZodType>(value: T) =>
  z.object({ value: value.optional(), source: z.object({ kind: z.string() }) });

/** The part of what `slope config --format json` prints that matters here. */
const InForce = z.object({
  fields: z.object({
    plugins: field(z.array(z.string())),
    rounds: field(z.unknown()),
    budgetSeconds: field(z.unknown()),
    failOn: field(z.array(z.enum(FAIL_ON))),
  }),
});

export interface Settings {
  /** Absolute, or relative to the folder of the inputs. */
  readonly plugins: readonly string[];
  /** Options of `bench` before `inputs.options`: what other inputs say, and the defaults of the action. */
  readonly options: readonly string[];
  readonly failOn: readonly FailOn[];
}

/**
 * What is in force: an input wins over the configuration, which wins over the defaults of the action. Throws
 * CannotMeasure where the configuration or an option cannot be used.
 */
export async function settingsOf(inputs: Inputs): Promise<Settings> {
  const options = inputs.options.filter((one) => one !== "--verbose"); // no option of `config`
  const { code, stdout, stderr } = await slope(inputs, ["config", "--format", "json", ...options]);
  if (code !== 0) throw new CannotMeasure(lastLines(stderr));
  const { plugins, rounds, budgetSeconds, failOn } = InForce.parse(JSON.parse(stdout)).fields;
  const isLeft = ({ source }: { source: { kind: string } }) => source.kind === "default";
  const given = (flag: string, value: string | undefined) =>
    value === undefined ? [] : [flag, value];
  const named = inputs.plugins.length > 0 ? inputs.plugins : plugins.value ?? [];
  const isInOptions = inputs.plugins.length === 0 && plugins.source.kind === "option";
  return {
    plugins: named,
    options: [
      ...isInOptions ? [] : named.flatMap((plugin) => ["--plugin", plugin]),
      ...given("--rounds", inputs.rounds ?? (isLeft(rounds) ? String(ROUNDS) : undefined)),
      ...given(
        "--budget",
        inputs.budget ?? (isLeft(budgetSeconds) ? `${BUDGET_SECONDS}s` : undefined),
      ),
      ...given("--threshold", inputs.threshold),
    ],
    failOn: inputs.failOn ?? (isLeft(failOn) ? FAILS : failOn.value ?? FAILS),
  };
}
