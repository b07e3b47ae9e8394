import process from "node:process";
import { known } from "../base/known.ts";
import { InputError } from "../base/errors.ts";
import { IMPLEMENTATIONS } from "../gradients/all.ts";
import { availableCores } from "../machine/host.ts";
import { CURRENT_RUNTIME } from "../base/runtime.ts";
import type { ResolvedData } from "../data/resolve_data.ts";
import {
  chooseImplementations,
  emulatedImplementations,
  findPrograms,
  firstCandidates,
  firstRuntime,
  type RuntimePrograms,
} from "./available.ts";
import { checkInput, makePlan, mergeInputs } from "./make_plan.ts";
import { findConfinement } from "./confinement.ts";
import { pythonCommands } from "./interpreters.ts";
import { isUsualList, namesMatching } from "./name_patterns.ts";
import { choosePeers, findPeers } from "./peers.ts";
import type { Plan, PlanInput } from "../format/plan.ts";
import { checkEarlierCode, openReference } from "./earlier_code.ts";
import { checkFile, checkIsFile } from "./program_command.ts";
import { readRunFile } from "./run_folder.ts";
import type { Setup } from "./prepared_sweep.ts";
import type { Candidate } from "./schedule.ts";

type LoadData = () => Promise<ResolvedData>;

interface SetupOptions {
  /** The m of the subsets where none is given; those that the data is too small for are left out. */
  readonly usualSizes?: readonly number[];
  /** Where none is named, those that are for wider networks belong to the plan, too. */
  readonly everyImplementation?: boolean;
  /** Plug-ins of which no implementation is named do not belong to the plan. */
  readonly onlyNamed?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Makes a plan from its layers, with the runtimes, plug-ins and data that it names. Whatever can be wrong is checked
 * as early as it can be: what is given, then the programs, then the data. Throws InputError.
 */
export async function resolveSetup(
  inputs: readonly PlanInput[],
  loadData: LoadData,
  { usualSizes, everyImplementation = false, onlyNamed = false, signal }: SetupOptions = {},
): Promise<Setup> {
  const merged = mergeInputs(inputs);
  const given = { ...merged, peers: choosePeers(merged.peers ?? []) };
  checkGiven(given);
  const { runtimes = [CURRENT_RUNTIME.name], runtimePaths = {} } = given;
  const programs = await findPrograms(runtimes, runtimePaths, pluginsOf(given), signal);
  const isDefault = isUsualList(given.implementations) && !everyImplementation;
  const leftOut = isDefault && !given.timeSoftware ? emulatedImplementations(programs) : [];
  const implementations = chooseImplementations(
    given.implementations,
    programs,
    {
      everyImplementation,
      onlyNamed,
      leftOut,
      networks: given.layers,
      hasRanks: given.ranks !== undefined,
    },
  );
  const { nullTwin } = given;
  const twin = nullTwin === "auto" ? twinAmong(implementations, programs) : nullTwin;
  const fixed = fixedNetwork(
    firstCandidates(programs).filter(({ name }) => implementations.includes(name)),
  );
  const chosen = known({ ...fixed, ...given, nullTwin: twin });
  checkInput({ ...chosen, implementations });
  if (chosen.against !== undefined) {
    await checkEarlierCode(chosen.against, implementations, programs);
  }
  const data = await loadData();
  const { features, classes, count: trainExamples } = data.train;
  const fitting = usualSizes?.filter((size) => size <= trainExamples) ?? [];
  const sizes = usualSizes && (fitting.length > 0 ? fitting : ["all"]);
  const plan = makePlan({ ...sizes && { sizes }, ...chosen }, {
    features,
    classes,
    trainExamples,
    implementations,
    runtime: CURRENT_RUNTIME.name,
    cores: availableCores(),
    isRanked: firstCandidates(programs).some(({ name, needs }) =>
      implementations.includes(name) && needs.includes("ranks")
    ),
  });
  checkCrossover(plan);
  return { ...await setupOf(plan, programs, data, signal), leftOut };
}

const pluginsOf = ({ plugins = [], python, sandbox }: PlanInput) => ({
  paths: plugins,
  sandbox,
  pythons: pythonCommands(process.env, python),
});

/** Throws InputError where there is nothing to bisect between. */
function checkCrossover({ crossover, resolve, sizes, batchSizes, layers }: Plan): void {
  if (crossover === undefined) return;
  if (resolve !== undefined) {
    throw new InputError(
      "Cannot use --crossover and --resolve at once: both measure until the budget ends",
      "leave one of them out",
    );
  }
  const [values, flag] = {
    examples: [sizes, "--sizes 1k,60k"] as const,
    batch: [batchSizes, "--batch 10,1000"] as const,
    width: [layers, "--layers 784,16,10 --layers 784,256,10"] as const,
  }[crossover];
  if (values.length > 1) return;
  throw new InputError(
    `Cannot bisect along ${crossover}: the plan has ${values.length} value, expected two or more`,
    `give the ends, as ${flag}`,
  );
}

/** Checks what needs neither a process nor data. */
function checkGiven(given: PlanInput): void {
  const { plugins = [], against } = given;
  for (const plugin of plugins) {
    if (plugin.startsWith("cmd:")) continue;
    checkIsFile("read plug-in", plugin);
    checkFile(plugin);
  }
  if (against !== undefined && "folder" in against) readRunFile(against.folder);
  if (plugins.length > 0) return checkInput({ ...given, implementations: undefined });
  const own = IMPLEMENTATIONS.map(({ name }) => name);
  const { implementations } = given;
  checkInput({
    ...given,
    implementations: implementations ? namesMatching(implementations, own, own) : own,
  });
}

async function setupOf(
  plan: Plan,
  programs: readonly RuntimePrograms[],
  data: ResolvedData,
  signal: AbortSignal | undefined,
): Promise<Setup> {
  const pythons = pythonCommands(process.env);
  const peers = await findPeers(plan.peers, firstRuntime(programs), pythons, signal);
  const confinement = await findConfinement(plan.sandbox, plan.plugins, plan.runtimes);
  const reference = await openReference(plan, programs, signal);
  return { plan, programs, peers, data, confinement, reference };
}

/** What programs of the plan compute and cannot change: the plan's where the user gives none. */
function fixedNetwork(candidates: readonly Candidate[]): PlanInput {
  const some = <T>(values: readonly T[]): T[] | undefined =>
    values.length > 0 ? [...values] : undefined;
  const networks = candidates.flatMap(({ network }) => network ? [network] : []);
  return known({
    layers: some(networks.flatMap(({ layerSizes }) => layerSizes ? [layerSizes] : [])),
    hiddenActivations: some(networks.flatMap((one) => one.hiddenActivation ?? [])),
    outputLosses: some(networks.flatMap((one) => one.outputLoss ?? [])),
  });
}

/**
 * The implementation that gets a null twin when none is named: the last that needs nothing. In Slope's own list that is
 * the fastest on one thread, so its rounds cost little and show the noise of short epochs.
 */
function twinAmong(names: readonly string[], programs: readonly RuntimePrograms[]): string {
  const plain = names.filter((name) =>
    firstCandidates(programs).find((one) => one.name === name)?.needs.length === 0
  );
  return plain.at(-1) ?? names[0];
}

/** The same for the complete plan of a run to resume. */
export async function setupOfPlan(
  plan: Plan,
  loadData: LoadData,
  signal?: AbortSignal,
): Promise<Setup> {
  const programs = await findPrograms(plan.runtimes, plan.runtimePaths, pluginsOf(plan), signal);
  return await setupOf(plan, programs, await loadData(), signal);
}
