import { stepsCarryMomentum } from "../../check/declared_momentum.ts";
import {
  type CodePlace,
  DERIVING_RATE,
  type GradientImplementation,
  type Kernel,
  type Parameters,
  type Problem,
} from "../../gradients/contract.ts";
import { parameterCount, readParameters, writeParameters } from "../../model/layout.ts";
import { referenceGradient } from "../../model/reference.ts";

/** Asks for the gradient of these rows at these parameters (canonical order, exact in float32). */
export interface Question {
  readonly parameters: Float64Array;
  readonly batch: Uint32Array;
}

/** The answer, in canonical order. */
export interface Reply {
  readonly loss: number;
  readonly gradient: Float64Array;
  /** The parameters after the call. */
  readonly parameters: Float64Array;
  /** The row numbers after the call. */
  readonly batch: Uint32Array;
}

/** One question, the kernel's answer and the oracle's. */
export interface Case extends Question {
  /** Canonical order, without what the kernel kept from earlier calls. */
  readonly gradient: Float64Array;
  readonly loss: number;
  readonly expected: Float64Array;
}

export interface ExaminedKernel {
  readonly problem: Problem;
  /** Answers with a smaller relative difference count as equal: far above rounding, far below any mistake. */
  readonly closeness: number;
  readonly withoutBiases: boolean;
  /** It computes a loss; otherwise replies have the oracle's. */
  readonly returnsLoss: boolean;
  /** The gradient is (before − after) / this rate, with the rounding of the parameters. */
  readonly derivedAtRate?: number;
  /** Fills the kernel's gradient with `fill`, then asks. */
  ask(question: Question, fill?: number): Promise<Reply>;
  /** Asks, and lets the kernel update its parameters with its own `descend`; undefined where it has none. */
  update(question: Question, rates: readonly number[]): Promise<OwnUpdate[] | undefined>;
  /** Whether declared momentum shows in steps of the program's own; false where it has none. */
  carriesMomentum(question: Question): Promise<boolean>;
  /** Which line of the program first holds each vector, or a multiple of it. Absent where it cannot tell. */
  locate?(
    question: Question,
    wanted: readonly ArrayLike<number>[],
  ): Promise<(CodePlace | undefined)[]>;
  close(): Promise<void>;
}

/** One update by the kernel itself, in canonical order. */
export interface OwnUpdate {
  readonly rate: number;
  readonly before: Float64Array;
  readonly after: Float64Array;
  readonly gradient: Float64Array;
  /** The gradient after the update. */
  readonly left: Float64Array;
}

export const CLOSENESS = { float32: 2e-4, float64: 1e-8 } as const;

export async function openForExamination(
  implementation: GradientImplementation,
  problem: Problem,
): Promise<ExaminedKernel> {
  const kernel: Kernel = await implementation.open(problem);
  const { network } = problem;
  const scratch = new Float64Array(parameterCount(network));
  const read = (from: Parameters) => readParameters(from, kernel.layout, network);
  const write = async (parameters: Float64Array, fill: number) => {
    writeParameters(parameters, network, kernel.layout, kernel.parameters);
    kernel.gradient.fill(fill);
    if (kernel.mode === "async") await kernel.push?.();
  };
  const pull = async () => {
    if (kernel.mode === "async") await kernel.pull?.();
  };
  return {
    problem,
    closeness: CLOSENESS[implementation.precision],
    withoutBiases: kernel.withoutBiases === true,
    returnsLoss: kernel.returnsLoss !== false,
    ...(kernel.derives === "always" && { derivedAtRate: DERIVING_RATE }),
    async ask({ parameters, batch }, fill = 0) {
      await write(parameters, fill);
      const rows = batch.slice();
      const answer = kernel.lossAndGradient(rows);
      const loss = kernel.mode === "async" ? await answer : answer;
      await pull();
      return {
        // A program that computes no loss has no mistake in it.
        loss: kernel.returnsLoss === false
          ? referenceGradient(network, parameters, problem.dataset, batch, scratch)
          : typeof loss === "number"
          ? loss
          : NaN,
        gradient: read(kernel.gradient),
        parameters: read(kernel.parameters),
        batch: rows,
      };
    },
    ...(kernel.mode === "async" && kernel.locate && {
      async locate({ parameters, batch }, wanted) {
        await write(parameters, 0);
        return await kernel.locate!(batch, wanted);
      },
    }),
    async update({ parameters, batch }, rates) {
      if (kernel.descend === undefined) return undefined;
      const updates: OwnUpdate[] = [];
      for (const rate of rates) {
        await write(parameters, 0);
        await kernel.lossAndGradient(batch.slice());
        await pull();
        const [before, gradient] = [read(kernel.parameters), read(kernel.gradient)];
        await kernel.descend(rate);
        await pull();
        const [after, left] = [read(kernel.parameters), read(kernel.gradient)];
        updates.push({ rate, before, after, gradient, left });
      }
      return updates;
    },
    async carriesMomentum({ parameters, batch }) {
      const plain = new Float64Array(parameters.length);
      referenceGradient(network, parameters, problem.dataset, batch, plain);
      return await stepsCarryMomentum(kernel, network, parameters, batch, plain);
    },
    close: async () => await kernel[Symbol.asyncDispose](),
  };
}
