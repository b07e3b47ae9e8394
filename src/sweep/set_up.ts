import process from "node:process";
import { availableCores } from "../base/host.ts";
import { CURRENT_RUNTIME } from "../base/runtime.ts";
import type { Dataset } from "../data/dataset.ts";
import { makePlan } from "./make_plan.ts";
import { chooseImplementations, findOffers, type Offer } from "./offers.ts";
import { choosePeers, findPeers, type PeerOffer, pythonCommands } from "./peers.ts";
import type { Plan, PlanInput } from "./plan.ts";
import type { Setup } from "./workbench.ts";

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
  const plan = makePlan(
    [{ timeSoftware: given.implementations !== undefined }, ...inputs, {
      implementations: chooseImplementations(given.implementations, offers),
      peers,
    }],
    {
      features: data.train.features,
      classes: data.train.classes,
      trainCount: data.train.count,
      runtime: CURRENT_RUNTIME.name,
      cores: availableCores(),
    },
  );
  return { plan, offers, peers: await peersFor(plan, offers, signal), data };
}

/** The same for a plan that is complete already: that of a run to be resumed. */
export async function setUpAgain(plan: Plan, data: Data, signal?: AbortSignal): Promise<Setup> {
  const offers = await findOffers(plan.runtimes, plan.runtimePaths, plan.plugins, signal);
  return { plan, offers, peers: await peersFor(plan, offers, signal), data };
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
