import process from "node:process";
import { availableCores } from "../machine/host.ts";
import { CURRENT_RUNTIME } from "../base/runtime.ts";
import type { Dataset } from "../data/dataset.ts";
import { makePlan } from "./make_plan.ts";
import { chooseImplementations, findOffers, type Offer } from "./available.ts";
import { choosePeers, findPeers, type PeerOffer, pythonCommands } from "./peers.ts";
import type { Plan, PlanInput } from "../format/plan.ts";
import { openReference } from "./earlier_code.ts";
import type { Setup } from "./trial_setup.ts";

interface Data {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** Makes a plan from its layers, with the runtimes, plug-ins and data that it names. Throws InputError. */
export async function setUp(
  inputs: readonly PlanInput[],
  data: Data,
  signal?: AbortSignal,
): Promise<Setup> {
  const given: PlanInput = Object.assign({}, ...inputs);
  const peers = choosePeers(given.peers ?? []);
  const offers = await findOffers(
    given.runtimes ?? [CURRENT_RUNTIME.name],
    given.runtimePaths ?? {},
    given.plugins ?? [],
    signal,
  );
  const implementations = chooseImplementations(given.implementations, offers);
  const plan = makePlan(
    [{ timeSoftware: given.implementations !== undefined }, ...inputs, {
      implementations,
      peers,
      ...(given.nullTwin === "auto" && { nullTwin: twinAmong(implementations, offers) }),
    }],
    {
      features: data.train.features,
      classes: data.train.classes,
      trainCount: data.train.count,
      runtime: CURRENT_RUNTIME.name,
      cores: availableCores(),
    },
  );
  return await setupOf(plan, offers, data, signal);
}

async function setupOf(
  plan: Plan,
  offers: readonly Offer[],
  data: Data,
  signal: AbortSignal | undefined,
): Promise<Setup> {
  const peers = await peersFor(plan, offers, signal);
  return { plan, offers, peers, data, reference: await openReference(plan, offers, signal) };
}

/**
 * Which implementation gets a null twin when none is named: the last that needs nothing, in Slope's own list the
 * fastest on one thread, so that the noise is that of short epochs and its rounds cost little.
 */
function twinAmong(names: readonly string[], offers: readonly Offer[]): string {
  const candidates = offers.find(({ found }) => found.available)?.candidates ?? [];
  const plain = names.filter((name) =>
    candidates.find((one) => one.name === name)?.needs.length === 0
  );
  return plain.at(-1) ?? names[0];
}

/** The same for a plan that is complete already: that of a run to be resumed. */
export async function setUpAgain(plan: Plan, data: Data, signal?: AbortSignal): Promise<Setup> {
  const offers = await findOffers(plan.runtimes, plan.runtimePaths, plan.plugins, signal);
  return await setupOf(plan, offers, data, signal);
}

/** Those in JavaScript run in the first runtime of the plan that is here. */
function peersFor(
  plan: Plan,
  offers: readonly Offer[],
  signal?: AbortSignal,
): Promise<PeerOffer[]> {
  const runtime = offers.flatMap(({ found }) => found.available ? [found.runtime] : [])[0];
  return findPeers(plan.peers, runtime, pythonCommands(process.env), signal);
}
