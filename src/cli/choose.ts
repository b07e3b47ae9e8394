import { publish } from "../library/runs.ts";
import { join } from "node:path";
import { type InferValue, merge, message, object, option, optional } from "@optique/core";
import { InputError, Interrupted } from "../base/errors.ts";
import { ownCommand } from "../base/own_command.ts";
import { CURRENT_RUNTIME } from "../base/runtime.ts";
import { known } from "../base/known.ts";
import type { Terminal } from "../base/terminal.ts";
import { isTimedUnnamed } from "../gradients/availability.ts";
import { answerFrom } from "../choose/answer_question.ts";
import { answerText } from "../choose/answer_text.ts";
import { type EarlierRuns, earlierRuns, OWN_FOLDER } from "../choose/earlier_runs.ts";
import { type Asked, isAsked, lackingNames, sweepFor } from "../choose/lacking.ts";
import { measuredPrograms } from "../choose/measured_programs.ts";
import { questionOf } from "../choose/question.ts";
import { IMPLEMENTATIONS } from "../gradients/all.ts";
import type { ResolvedData } from "../data/resolve_data.ts";
import type { Plan, PlanInput } from "../format/plan.ts";
import type { RawRun } from "../report/page/raw_run.ts";
import { startRun } from "../sweep/start_run.ts";
import { BRIEFS } from "./briefs.ts";
import { namesMatching } from "../sweep/name_patterns.ts";
import { withConfigured } from "./configuration.ts";
import { action, dataOptions, formatOption, loadData, outOption, textOption } from "./options.ts";
import { print, readNamedRun } from "./output.ts";
import {
  implementationOptions,
  peerOptions,
  planInputs,
  planOptions,
  pluginOptions,
  runtimeOptions,
} from "./plan_options.ts";
import { runSweep } from "./run_sweep.ts";
import { subset } from "./values.ts";

const BUDGET: PlanInput = { budgetSeconds: 60 };

const options = merge(
  object("Question", {
    examples: optional(option("--examples", subset("EXAMPLES"), {
      description: message`Training examples m, as 50000, 50k or all (default: all).`,
    })),
  }),
  planOptions("Question", [
    "epochs",
    "batchSizes",
    "layers",
    "hiddenActivations",
    "outputLosses",
  ]),
  implementationOptions(),
  pluginOptions,
  peerOptions,
  runtimeOptions,
  planOptions("Measuring", ["threads", "budgetSeconds", "trialTimeoutSeconds"], BUDGET),
  object("Run", {
    run: textOption(
      "--run",
      "RUN",
      message`Answer from this run: its folder, or latest (default: latest, and what choose measured before).`,
    ),
  }),
  dataOptions,
  outOption,
  formatOption,
);
type ChooseOptions = InferValue<typeof options>;

const texts = {
  brief: BRIEFS.choose,
  description:
    message`Predicts, for each implementation, the time from opening to the end of the last epoch. Answers from a run that covers the question; what it lacks is measured first, in a small run of its own.`,
};

export const chooseCommand = action("choose", options, texts, async (asked, terminal, signal) => {
  const given = withConfigured(asked);
  const data = once(() => loadData(given, terminal, signal));
  const isDataNamed = given.synthetic || given.data !== undefined;
  const earlier = await earlierRuns({
    ...given,
    trainImages: isDataNamed ? (await data()).source.sha256.trainImages : undefined,
  });
  const { main, own, passedOver } = earlier;
  if (passedOver) terminal.note(`${passedOver.name} does not count: ${passedOver.why}`);
  const runs = [...main ? [main] : [], ...own];
  const facts = runs[0]?.run.data ?? (await data()).source;
  const question = questionOf(Object.assign({}, ...planInputs(given)), given.examples, facts);
  const programs = askedOf(given, earlier);
  const lacking = programs && lackingNames(measuredPrograms(runs, question), question, programs);
  if (lacking === undefined || lacking.length > 0) {
    if (main && earlier.foreign) {
      throw new InputError(
        `Cannot measure what run "${main.name}" does not answer (${lacking?.join(", ")}): ` +
          earlier.foreign,
        "leave --run out to measure here, or ask what lies between its cells",
      );
    }
    terminal.note(
      runs.length === 0
        ? "no run answers this: measuring"
        : `measuring what no run answers${lacking ? `: ${lacking.join(", ")}` : ""}`,
    );
    // A sweep leaves out of the default list what is emulated here.
    const isDefault = given.implementations === undefined && runs.length === 0;
    const names = isDefault ? undefined : lacking;
    const inputs = [sweepFor(question), measurement(given, main?.run.plan, names)];
    runs.push(await measure(inputs, given, data, terminal, signal));
  }
  const answer = answerFrom(runs, question, programs && isAsked(programs));
  print(given.format, terminal, answer, () => answerText(answer, terminal));
  return answer.predictions.length > 0 ? 0 : 1;
});

/**
 * The programs that were given, else those of the run, else what `bench` times by default. Undefined where a plug-in was given that
 * no run has: nobody knows the names of its programs yet.
 */
function askedOf(given: ChooseOptions, { main, own }: EarlierRuns): Asked | undefined {
  const plan = main?.run.plan;
  const kept = [...main ? [main] : [], ...own].flatMap(({ run }) => run.plugins ?? []);
  const isKnown = (given.plugins ?? []).every((path) => kept.some((one) => one.path === path));
  if (!isKnown && given.implementations === undefined) return undefined;
  const leftOut = own.flatMap(({ run }) => run.leftOut ?? []);
  const isUsual = (one: typeof IMPLEMENTATIONS[number]) =>
    isTimedUnnamed(one, given.layers) &&
    !leftOut.some(({ implementation }) => implementation === one.name);
  const ownNames = IMPLEMENTATIONS.map(({ name }) => name);
  const usual = plan?.implementations ?? IMPLEMENTATIONS.filter(isUsual).map(({ name }) => name);
  const names = given.implementations
    ? namesMatching(given.implementations, [...new Set([...ownNames, ...usual])], usual)
    : usual;
  return {
    names: [...names, ...given.peers ?? plan?.peers ?? []],
    runtimes: given.runtimes ?? plan?.runtimes ?? [CURRENT_RUNTIME.name],
    isNamed: given.implementations !== undefined,
  };
}

/** The fields of a small sweep that do not follow from the question: options, then the plan of the run. */
function measurement(
  given: ChooseOptions,
  plan: Plan | undefined,
  lacking: readonly string[] | undefined,
): PlanInput {
  const peers = given.peers ?? plan?.peers ?? [];
  return known({
    implementations: lacking?.filter((name) => !peers.includes(name)) ?? given.implementations,
    peers: lacking?.filter((name) => peers.includes(name)) ?? peers,
    plugins: given.plugins ?? plan?.plugins,
    python: given.python ?? plan?.python,
    runtimes: given.runtimes ?? plan?.runtimes,
    runtimePaths: given.runtimePaths ?? plan?.runtimePaths,
    threads: given.threads ?? plan?.threads,
    timeSoftware: given.implementations !== undefined || plan?.timeSoftware === true,
    trialTimeoutSeconds: given.trialTimeoutSeconds,
    budgetSeconds: given.budgetSeconds ?? BUDGET.budgetSeconds,
  });
}

/** Runs a sweep in a folder of its own: the latest run stays what it was. */
async function measure(
  inputs: readonly PlanInput[],
  { out }: ChooseOptions,
  data: () => Promise<ResolvedData>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<RawRun> {
  const handle = await startRun(inputs, data, join(out, OWN_FOLDER), signal);
  await runSweep(handle, terminal);
  const raw = readNamedRun(handle.folder, terminal);
  if (signal.aborted) {
    const planned = raw.run.trials === undefined ? "" : ` of ${raw.run.trials}`;
    throw new Interrupted(
      `${raw.trials.length}${planned} trials are kept in ${handle.folder}; ` +
        `\`${ownCommand(`bench --resume ${handle.folder}`)}\` measures the others, then ask again`,
    );
  }
  await publish(raw);
  return raw;
}

/** The same promise at every call. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => loaded ??= load();
}
