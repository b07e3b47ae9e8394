import { CURRENT_RUNTIME } from "../base/runtime.ts";
import type { Dataset } from "../data/dataset.ts";
import { makePlan } from "./make_plan.ts";
import { chooseImplementations, findOffers } from "./offers.ts";
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
  const offers = await findOffers(
    given.runtimes ?? [CURRENT_RUNTIME.name],
    given.runtimePaths ?? {},
    given.plugins ?? [],
    signal,
  );
  const plan = makePlan(
    [...inputs, { implementations: chooseImplementations(given.implementations, offers) }],
    {
      features: data.train.features,
      classes: data.train.classes,
      trainCount: data.train.count,
      runtime: CURRENT_RUNTIME.name,
    },
  );
  return { plan, offers, data };
}

/** The same for a plan that is complete already: that of a run to be resumed. */
export async function setUpAgain(plan: Plan, data: Data, signal?: AbortSignal): Promise<Setup> {
  return {
    plan,
    offers: await findOffers(plan.runtimes, plan.runtimePaths, plan.plugins, signal),
    data,
  };
}
