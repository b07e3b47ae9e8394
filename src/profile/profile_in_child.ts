import { ownFile } from "../base/own_command.ts";
import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import { known } from "../base/known.ts";
import { type Random, randomFrom, shuffle } from "../base/random.ts";
import { firstExamples } from "../data/dataset.ts";
import { readPrepared } from "../data/prepared.ts";
import type { GradientImplementation, Kernel, Problem } from "../gradients/contract.ts";
import { initialParameters } from "../model/initialise.ts";
import { writeParameters } from "../model/layout.ts";
import { findImplementation } from "../trial/describe.ts";
import { peakRssOf } from "../trial/meters.ts";
import type { Message } from "../format/protocol.ts";
import type { ProfileRequest } from "../format/request.ts";
import type { Verification } from "../format/trial_record.ts";
import { verify } from "../check/verify_kernel.ts";
import { measureAllocation } from "./measure_allocation.ts";
import { openProfiledKernel, type ProfiledKernel, STRETCH_NS } from "./profiled_kernel.ts";
import { countEvents } from "./hardware_counters.ts";
import { takeCpuProfile, takeRemoteProfile } from "./take_cpu_profile.ts";
import type { Pass } from "../format/profile_record.ts";

/** Shares of the budget; passes get the rest. */
const SHARES = { allocation: 0.15, cpuProfile: 0.2 } as const;
/** m of the subset that shows the pace. */
const PILOT_EXAMPLES = 64;
/** Subsets are not shortened below this. */
const LEAST_EXAMPLES = 10;
const LEAST_PASSES = 3;
const NO_PROFILER = "its code runs in a process of its own, which takes none (startProfile in " +
  `${ownFile("docs/PROTOCOL.md")}); a profiler of its language shows its inside`;

/**
 * Profiles one implementation on nested subsets, in its own process. Verifies it, runs passes of all subsets by turns,
 * so that fluctuations of the machine affect all alike, and measures allocations. For the largest subset it also
 * takes the CPU profile and the hardware counters. Sends each result as soon as it is known. Returns the peak memory of
 * the process of a program in another language, on the largest subset.
 */
export async function profile(
  request: ProfileRequest,
  clock: Clock,
  send: (message: Message) => void,
): Promise<number | undefined> {
  const { cell, data, initialisation, budgetNs } = request;
  const implementation = await findImplementation(cell.implementation, request);
  const { subset } = await readPrepared(data, Math.max(...request.sizes));
  const random = randomFrom(cell.seed, "profile");
  const open = async (examples: number): Promise<OpenKernel> => {
    const dataset = firstExamples(subset, examples);
    const maxBatchSize = Math.min(cell.batchSize, dataset.count);
    const problem = { network: cell, dataset, maxBatchSize, threads: cell.threads };
    return { kernel: await implementation.open(problem), problem };
  };
  const initial = initialParameters(cell, initialisation, cell.seed);
  const openProfiled = async ({ kernel, problem }: OpenKernel): Promise<ProfiledKernel> => {
    writeParameters(initial, cell, kernel.layout, kernel.parameters);
    const { dataset: { count: examples }, maxBatchSize: batchSize } = problem;
    const settings = { examples, batchSize, rate: cell.rate, seed: cell.seed };
    return await openProfiledKernel(kernel, settings, clock, random);
  };
  if (request.verify) {
    const verification = await verified(implementation, await open(subset.count), initial);
    send({ type: "verified", verifyNs: 0, verification });
    if (verification.verdict === "wrong" && !request.keepWrong) return undefined;
  }
  const { roundNs } = request;
  const sizes = roundNs === undefined ? request.sizes : await affordable(
    request,
    roundNs,
    await openProfiled(await open(Math.min(PILOT_EXAMPLES, subset.count))),
  );

  const kernels: ProfiledKernel[] = [];
  try {
    for (const examples of sizes) kernels.push(await openProfiled(await open(examples)));
    const last = kernels[kernels.length - 1];
    const allocated = kernels.filter((profiled) =>
      request.allocation === "all" || request.allocation === "largest" && profiled === last
    );
    const allocationNs = SHARES.allocation * budgetNs / Math.max(1, allocated.length);
    const cpuProfileNs = request.cpuProfile ? SHARES.cpuProfile * budgetNs : 0;
    const passesNs = budgetNs - allocationNs * allocated.length - cpuProfileNs;
    const passes = await takePasses(kernels, request, passesNs, clock, random);
    for (const [i, profiled] of kernels.entries()) {
      const { examples, batchSize } = profiled;
      const allocation = allocated.includes(profiled) && !processOf(profiled)
        ? await measureAllocation(profiled, allocationNs, clock)
        : undefined;
      send({
        type: "subset",
        subset: known({ examples, batchSize, passes: passes[i], allocation }),
      });
    }
    const remote = processOf(last);
    if (request.cpuProfile && remote && !remote.profiler) {
      send({ type: "cpuProfile", unavailable: NO_PROFILER });
    } else if (request.cpuProfile) {
      try {
        const profile = remote?.profiler
          ? await takeRemoteProfile(last, remote.profiler, cpuProfileNs, clock)
          : await takeCpuProfile(last, cpuProfileNs, clock);
        send({ type: "cpuProfile", profile });
      } catch (error) {
        send({ type: "cpuProfile", unavailable: messageOf(error) });
      }
      // The counters of this process say nothing about another one.
      if (!remote) send({ type: "counters", counters: await countEvents(last) });
    }
    return await peakRssOf(last.kernel);
  } finally {
    for (const { kernel } of kernels) await kernel[Symbol.asyncDispose]();
  }
}

async function verified(
  { precision }: GradientImplementation,
  { kernel, problem }: OpenKernel,
  initial: Float64Array,
): Promise<Verification> {
  try {
    return await verify(kernel, precision, problem, initial, { longestRows: 256 });
  } finally {
    await kernel[Symbol.asyncDispose]();
  }
}

/**
 * Divides all m by one number if a stretch on each would take more than `roundNs` together, as with full batches of a
 * slow implementation.
 */
async function affordable(
  { cell, sizes, phases }: ProfileRequest,
  roundNs: number,
  pilot: ProfiledKernel,
): Promise<number[]> {
  const { ns, examples } = await pilot.plain();
  await pilot.kernel[Symbol.asyncDispose]();
  const runs = withPhases(pilot, phases) ? 2 : 1;
  const roundOf = (divisor: number): number =>
    sizes.reduce((sum, size) => {
      const stepNs = Math.min(cell.batchSize, size / divisor) * ns / examples;
      return sum + runs * Math.max(STRETCH_NS, stepNs);
    }, 0);
  let divisor = 1;
  while (roundOf(divisor) > roundNs && sizes[0] / divisor > 2 * LEAST_EXAMPLES) divisor *= 1.25;
  return sizes.map((size) => Math.round(size / divisor));
}

/** Takes rounds of one pass on every subset, in random order. Returns the passes of each kernel in the order taken. */
async function takePasses(
  kernels: readonly ProfiledKernel[],
  { phases, equalStretches }: ProfileRequest,
  forNs: number,
  clock: Clock,
  random: Random,
): Promise<Pass[][]> {
  const taken: Pass[][] = kernels.map(() => []);
  const shortestNs = Math.min(...kernels.map(({ steps, stepNs }) => steps * stepNs));
  const steps = kernels.map(({ steps, stepNs }) =>
    equalStretches ? Math.max(1, Math.min(steps, Math.round(shortestNs / stepNs))) : steps
  );
  const start = clock();
  const order = Uint32Array.from(kernels.keys());
  while (taken[0].length < LEAST_PASSES || clock() - start < forNs) {
    shuffle(order, random);
    for (const i of order) {
      taken[i].push(await kernels[i].pass(withPhases(kernels[i], phases), steps[i]));
    }
  }
  return taken;
}

const withPhases = ({ marks }: ProfiledKernel, phases: ProfileRequest["phases"]): boolean =>
  phases === "all" || phases === "marked" && marks;

/** The other process in which its memory and its code are, if they are. */
const processOf = ({ kernel }: ProfiledKernel) =>
  kernel.mode === "async" ? kernel.process : undefined;

interface OpenKernel {
  readonly kernel: Kernel;
  readonly problem: Problem;
}
