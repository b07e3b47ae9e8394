import type { Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import type { AsyncKernel, Kernel, PhaseClock } from "../gradients/contract.ts";
import { descend } from "../model/sgd.ts";
import { createEpochRunner } from "../gradients/epochs.ts";
import { breathe } from "../trial/sample.ts";
import { createPhaseMeter, measureMark } from "./phase_meter.ts";
import type { Pass } from "../format/profile_record.ts";

/** The phase before a kernel's first mark: the whole gradient if it marks nothing. */
const UNMARKED = "unmarked";

/** What of a stretch in another process is in none of its phases: the messages that ask for it and answer. */
const PROTOCOL = "protocol";

/** Long for the clock, short compared with fluctuations of the machine. */
export const STRETCH_NS = 15e6;
/** Time of the first steps, which show the pace. */
const PACE_NS = 30e6;

/** A kernel on one subset, run in stretches of an epoch. */
export interface ProfiledKernel {
  readonly kernel: Kernel;
  readonly examples: number;
  readonly batchSize: number;
  /** Steps in a stretch, at most an epoch, and the time of one. */
  readonly steps: number;
  readonly stepNs: number;
  /** Runs the next steps without marks: a stretch by default. */
  plain(steps?: number): Promise<{ ns: number; examples: number }>;
  /** Runs a stretch without marks and one with them, in random order; of fewer steps where they are given. */
  pass(withPhases: boolean, steps?: number): Promise<Pass>;
  /** Whether the kernel marks any phase of its own. */
  readonly marks: boolean;
}

/** Prepares a kernel that was opened for `examples` rows. Every stretch starts from its present parameters. */
export async function openProfiledKernel(
  kernel: Kernel,
  options: { examples: number; batchSize: number; rate: number; seed: number },
  clock: Clock,
  random: Random,
): Promise<ProfiledKernel> {
  const { examples, batchSize, rate } = options;
  const runner = createEpochRunner(kernel, options);
  const start = kernel.parameters.slice();
  const meter = createPhaseMeter(clock);
  let epoch = 1;
  let next = 0;
  await runner.shuffle(epoch);

  /** Goes to the next `steps` steps, never across the end of an epoch. Returns their minibatches and rows. */
  const place = async (steps: number) => {
    if (next + steps > runner.steps) {
      await runner.shuffle(++epoch);
      next = 0;
    }
    kernel.parameters.set(start);
    if (kernel.mode === "async") await kernel.push?.();
    await breathe();
    const first = next;
    const batches = runner.batchesOf(first, first + steps);
    next += steps;
    const rows = batches.reduce((sum, batch) => sum + batch.length, 0);
    return [{ batches, first }, rows] as const;
  };
  const plain = async (steps: number) => {
    const [stretch, rows] = await place(steps);
    const begin = clock();
    const work = runSteps(kernel, stretch, rate);
    if (work !== undefined) await work;
    return { ns: clock() - begin, examples: rows };
  };
  const phased = async (steps: number) => {
    const [stretch, rows] = await place(steps);
    if (kernel.mode === "async" && kernel.epochs?.phased) {
      const { first, batches } = stretch;
      const begin = clock();
      const told = await kernel.epochs.phased(first, first + batches.length, rate);
      const ns = clock() - begin;
      const inside = Object.values(told.phases).reduce((sum, one) => sum + one.ns, 0);
      const rest = { [PROTOCOL]: { ns: Math.max(0, ns - inside), marks: 0 } };
      return { ns, examples: rows, markNs: told.markNs, phases: { ...told.phases, ...rest } };
    }
    const markNs = measureMark(meter);
    const begin = clock();
    meter.start(UNMARKED);
    const work = runSteps(kernel, stretch, rate, meter.mark);
    if (work !== undefined) await work;
    const phases = meter.stop();
    return { ns: clock() - begin, examples: rows, phases, markNs };
  };

  // The first step compiles. Then the number of steps doubles until they take long enough to show the pace.
  await plain(1);
  const named = Object.keys((await phased(1)).phases);
  let steps = 1;
  let measured = await plain(1);
  while (measured.ns < PACE_NS && 2 * steps <= runner.steps) {
    steps *= 2;
    measured = await plain(steps);
  }
  const stepNs = measured.ns / steps;
  const stretch = Math.max(1, Math.min(Math.round(STRETCH_NS / stepNs), runner.steps));
  const own = named.filter((phase) => ![UNMARKED, PROTOCOL, "update", "copy"].includes(phase));
  return {
    kernel,
    examples,
    batchSize,
    steps: stretch,
    stepNs,
    marks: own.length > 0,
    plain: (steps = stretch) => plain(steps),
    async pass(withPhases, steps = stretch) {
      if (!withPhases) {
        const { ns, examples } = await plain(steps);
        return { plainNs: ns, plainExamples: examples };
      }
      const plainFirst = random.uniform() < 0.5;
      const before = plainFirst ? await plain(steps) : undefined;
      const marked = await phased(steps);
      const { ns, examples } = before ?? await plain(steps);
      return { plainNs: ns, plainExamples: examples, phased: marked };
    },
  };
}

/**
 * The steps of `EpochRunner`, with or without marks. It is one function for both, so that the compiler treats them alike:
 * in a loop of their own, marked steps ran up to 6 % slower in V8, which inlined the kernel into only one of the two.
 */
function runSteps(
  kernel: Kernel,
  { batches, first }: { readonly batches: readonly Uint32Array[]; readonly first: number },
  rate: number,
  mark?: PhaseClock,
): Promise<unknown> | undefined {
  // A program in another process is not asked step by step: the messages would be measured, too.
  if (kernel.mode === "async" && kernel.epochs) {
    return kernel.epochs.run(first, first + batches.length, rate, 1);
  }
  if (kernel.mode === "async") return runStepsAsync(kernel, batches, rate, mark);
  const { parameters, gradient } = kernel;
  for (const batch of batches) {
    mark?.(UNMARKED);
    kernel.lossAndGradient(batch, mark);
    mark?.("update");
    if (kernel.descend) kernel.descend(rate);
    else descend(parameters, gradient, rate);
  }
  return undefined;
}

async function runStepsAsync(
  kernel: AsyncKernel,
  batches: readonly Uint32Array[],
  rate: number,
  mark: PhaseClock | undefined,
): Promise<void> {
  for (const batch of batches) {
    mark?.(UNMARKED);
    await kernel.lossAndGradient(batch, mark);
    if (kernel.descend) {
      mark?.("update");
      await kernel.descend(rate);
      continue;
    }
    mark?.("copy");
    await kernel.pull?.();
    mark?.("update");
    descend(kernel.parameters, kernel.gradient, rate);
    mark?.("copy");
    await kernel.push?.();
  }
}
