import process from "node:process";
import { availableCores } from "../machine/host.ts";
import { CURRENT_RUNTIME } from "../base/runtime.ts";
import type { Dataset } from "../data/dataset.ts";
import { makePlan } from "./make_plan.ts";
import { chooseImplementations, findPrograms, type RuntimePrograms } from "./available.ts";
import { type AvailablePeer, choosePeers, findPeers, pythonCommands } from "./peers.ts";
import type { Plan, PlanInput } from "../format/plan.ts";
import { openReference } from "./earlier_code.ts";
import type { Setup } from "./prepared_sweep.ts";

interface Data {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** Makes a plan from its layers, with the runtimes, plug-ins and data that it names. Throws InputError. */
export async function resolveSetup(
  inputs: readonly PlanInput[],
  data: Data,
  signal?: AbortSignal,
): Promise<Setup> {
  const given: PlanInput = Object.assign({}, ...inputs);
  const peers = choosePeers(given.peers ?? []);
  const programs = await findPrograms(
    given.runtimes ?? [CURRENT_RUNTIME.name],
    given.runtimePaths ?? {},
    given.plugins ?? [],
    signal,
  );
  const implementations = chooseImplementations(given.implementations, programs);
  const plan = makePlan(
    [{ timeSoftware: given.implementations !== undefined }, ...inputs, {
      implementations,
      peers,
      ...(given.nullTwin === "auto" && { nullTwin: twinAmong(implementations, programs) }),
    }],
    {
      features: data.train.features,
      classes: data.train.classes,
      trainCount: data.train.count,
      runtime: CURRENT_RUNTIME.name,
      cores: availableCores(),
    },
  );
  return await setupOf(plan, programs, data, signal);
}

async function setupOf(
  plan: Plan,
  programs: readonly RuntimePrograms[],
  data: Data,
  signal: AbortSignal | undefined,
): Promise<Setup> {
  const peers = await peersFor(plan, programs, signal);
  return { plan, programs, peers, data, reference: await openReference(plan, programs, signal) };
}

/**
 * Which implementation gets a null twin when none is named: the last that needs nothing, in Slope's own list the
 * fastest on one thread, so that the noise is that of short epochs and its rounds cost little.
 */
function twinAmong(names: readonly string[], programs: readonly RuntimePrograms[]): string {
  const candidates = programs.find(({ found }) => found.available)?.candidates ?? [];
  const plain = names.filter((name) =>
    candidates.find((one) => one.name === name)?.needs.length === 0
  );
  return plain.at(-1) ?? names[0];
}

/** The same for a plan that is complete already: that of a run to be resumed. */
export async function setupOfPlan(plan: Plan, data: Data, signal?: AbortSignal): Promise<Setup> {
  const programs = await findPrograms(plan.runtimes, plan.runtimePaths, plan.plugins, signal);
  return await setupOf(plan, programs, data, signal);
}

/** Those in JavaScript run in the first runtime of the plan that is here. */
function peersFor(
  plan: Plan,
  programs: readonly RuntimePrograms[],
  signal?: AbortSignal,
): Promise<AvailablePeer[]> {
  const runtime = programs.flatMap(({ found }) => found.available ? [found.runtime] : [])[0];
  return findPeers(plan.peers, runtime, pythonCommands(process.env), signal);
}
