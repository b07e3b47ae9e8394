import { known } from "../base/known.ts";
import type { Convention } from "../format/convention.ts";
import type { FixedNetwork } from "../format/program_protocol.ts";
import type { Plan } from "../format/plan.ts";
import type { Network } from "../model/network.ts";

/** A program, and what it computes and cannot change. */
export interface OfNetwork {
  readonly name: string;
  readonly network?: FixedNetwork | undefined;
}

const FIELDS = ["layerSizes", "hiddenActivation", "outputLoss"] as const;

/** Every combination of a plan's layers, activations and losses. */
export const networksOf = ({ layers, hiddenActivations, outputLosses }: Plan): Network[] =>
  layers.flatMap((layerSizes) =>
    hiddenActivations.flatMap((hiddenActivation) =>
      outputLosses.map((outputLoss) => ({ layerSizes, hiddenActivation, outputLoss }))
    )
  );

/**
 * The networks of a plan that a program gets cells of. One that computes a single network gets that, where the plan has
 * it; otherwise all, and each fails with what it says. The others get none that mixes the networks of two programs.
 */
export function networksFor(
  program: OfNetwork,
  plan: Plan,
  programs: readonly OfNetwork[],
): Network[] {
  const all = networksOf(plan);
  const own = all.filter((network) => fits(program.network, network));
  const fixed = programs.flatMap(({ network }) => network ? [network] : []);
  const unmixed = own.filter((network) => !isMixture(network, fixed));
  const chosen = unmixed.length > 0 ? unmixed : own.length > 0 ? own : all;
  const convention = conventionFor(program, plan);
  return convention === undefined ? chosen : chosen.map((one) => ({ ...one, convention }));
}

/** What the plan declares, and for the rest what the program declares; undefined where all is usual. */
function conventionFor(
  { network }: OfNetwork,
  { targets, pixels, weightDecay, momentum }: Plan,
): Convention | undefined {
  const convention = {
    ...network?.convention,
    ...known({ targets, pixels, weightDecay, momentum }),
  };
  return Object.keys(convention).length > 0 ? convention : undefined;
}

/** Each part is what some program computes, and no program computes them together. */
const isMixture = (network: Network, fixed: readonly FixedNetwork[]): boolean =>
  fixed.length > 1 && !fixed.some((one) => fits(one, network)) &&
  FIELDS.every((field) => {
    const values = fixed.flatMap((one) => one[field] === undefined ? [] : [String(one[field])]);
    return values.length === 0 || values.includes(String(network[field]));
  });

const fits = (fixed: FixedNetwork | undefined, network: Network): boolean =>
  FIELDS.every((field) =>
    fixed?.[field] === undefined || String(fixed[field]) === String(network[field])
  );

/** The programs of a plan that get fewer networks than it has, because they compute only these. */
export const withOwnNetworks = (plan: Plan, programs: readonly OfNetwork[]) =>
  programs.flatMap((program) => {
    const networks = networksFor(program, plan, programs);
    const isFewer = program.network !== undefined && networks.length < networksOf(plan).length;
    return isFewer ? [{ program: program.name, networks }] : [];
  });
