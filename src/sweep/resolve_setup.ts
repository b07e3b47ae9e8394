import { statSync } from "node:fs";
import process from "node:process";
import { known } from "../base/known.ts";
import { InputError } from "../base/errors.ts";
import { IMPLEMENTATIONS } from "../gradients/all.ts";
import { availableCores } from "../machine/host.ts";
import { CURRENT_RUNTIME } from "../base/runtime.ts";
import type { ResolvedData } from "../data/resolve_data.ts";
import {
  checkImplementations,
  chooseImplementations,
  findPrograms,
  firstCandidates,
  firstRuntime,
  type RuntimePrograms,
} from "./available.ts";
import { checkInput, makePlan, mergeInputs } from "./make_plan.ts";
import { choosePeers, findPeers, pythonCommands } from "./peers.ts";
import type { Plan, PlanInput } from "../format/plan.ts";
import { checkEarlierCode, openReference } from "./earlier_code.ts";
import { readRunFile } from "./run_folder.ts";
import type { Setup } from "./prepared_sweep.ts";

type LoadData = () => Promise<ResolvedData>;

interface SetupOptions {
  /** The m of the subsets where none is given; those that the data is too small for are left out. */
  readonly usualSizes?: readonly number[];
  readonly signal?: AbortSignal;
}

/**
 * Makes a plan from its layers, with the runtimes, plug-ins and data that it names. Whatever can be wrong is checked
 * as early as it can be: what is given, then the programs, then the data. Throws InputError.
 */
export async function resolveSetup(
  inputs: readonly PlanInput[],
  loadData: LoadData,
  { usualSizes, signal }: SetupOptions = {},
): Promise<Setup> {
  const merged = mergeInputs(inputs);
  const given = { ...merged, peers: choosePeers(merged.peers ?? []) };
  checkGiven(given);
  const { runtimes = [CURRENT_RUNTIME.name], runtimePaths = {}, plugins = [] } = given;
  const programs = await findPrograms(runtimes, runtimePaths, plugins, signal);
  const implementations = chooseImplementations(given.implementations, programs);
  const { nullTwin } = given;
  const twin = nullTwin === "auto" ? twinAmong(implementations, programs) : nullTwin;
  const chosen = known({ ...given, nullTwin: twin });
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
  });
  return await setupOf(plan, programs, data, signal);
}

/** Checks what needs neither a process nor data. */
function checkGiven(given: PlanInput): void {
  const { plugins = [], against } = given;
  for (const plugin of plugins) {
    if (!statSync(plugin, { throwIfNoEntry: false })?.isFile()) {
      throw new InputError(
        `Cannot read plug-in "${plugin}": there is no such file`,
        "check the path",
      );
    }
  }
  if (against !== undefined) readRunFile(against.folder);
  if (plugins.length > 0) return checkInput({ ...given, implementations: undefined });
  const own = IMPLEMENTATIONS.map(({ name }) => name);
  checkImplementations(given.implementations, own);
  checkInput({ ...given, implementations: given.implementations ?? own });
}

async function setupOf(
  plan: Plan,
  programs: readonly RuntimePrograms[],
  data: ResolvedData,
  signal: AbortSignal | undefined,
): Promise<Setup> {
  const pythons = pythonCommands(process.env);
  const peers = await findPeers(plan.peers, firstRuntime(programs), pythons, signal);
  return { plan, programs, peers, data, reference: await openReference(plan, programs, signal) };
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
  const programs = await findPrograms(plan.runtimes, plan.runtimePaths, plan.plugins, signal);
  return await setupOf(plan, programs, await loadData(), signal);
}
