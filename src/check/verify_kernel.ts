import { known } from "../base/known.ts";
import { DERIVING_RATE, type Kernel, type Precision, type Problem } from "../gradients/contract.ts";
import { eraseBiases, readParameters, writeParameters } from "../model/layout.ts";
import { referenceGradient } from "../model/reference.ts";
import { ROUNDING, sumError } from "./error_bound.ts";
import type { Fault, Place } from "../format/fault.ts";
import type { Verification } from "../format/trial_record.ts";
import { callKernel, checkDescend, writesLate, writesNothing } from "./call_kernel.ts";
import { checkStep } from "./check_step.ts";
import { type MomentumPlace, stepsCarryMomentum, withMeantMomentum } from "./declared_momentum.ts";
import { type Comparison, type Expected, judge, SAFETY, withMeantLoss } from "./judge_gradient.ts";
import { contractFault } from "./contract_fault.ts";
import { explain, halfPrecision, isSame } from "./explain_error.ts";
import { plannedChecks, type VerifyOptions } from "./verification_points.ts";

/** The bound is a mean over rows; for longer minibatches it is estimated from this many. */
const BOUND_ROWS = 16;

/**
 * Checks an opened kernel against the oracle (src/model/reference.ts) before it is timed.
 *
 * Points: `initial` (canonical order), trained (a few oracle steps) and saturated (scaled weights). Minibatches at each:
 * 1, 2, 7 and B = maxBatchSize rows and a ragged last one, none longer than the subset; VerifyOptions limits long ones.
 * Before each call the gradient is filled with NaN, which shows what a kernel does not write or adds to. Parameters,
 * minibatch and data must stay unchanged. A kernel's own `descend` is checked once, its `step` at every point. The loss, and the weights and biases
 * of each layer, are compared: ‖gradient − oracle‖₂ must not exceed 4 × the norm of the bound that error_bound.ts derives
 * from the precision and the lengths of the sums.
 *
 * Verdicts: `exact` is bit for bit the oracle's, `reordered` within the float64 bound, `lower-precision` within the
 * float32 bound, as declared. All else is `wrong`; `worst` says where, `fault` why. `maxRelativeError` and `tolerance` belong
 * to the comparison closest to (or furthest beyond) its bound, relative to ‖oracle‖ or to the bound if that is larger.
 *
 * Leaves `kernel.parameters` as it found them. Passes on what a kernel throws.
 */
export async function verify(
  kernel: Kernel,
  precision: Precision,
  problem: Problem,
  initial: Float64Array,
  options: VerifyOptions = {},
): Promise<Verification> {
  const { network, dataset } = problem;
  const fault = contractFault(kernel, precision, network);
  if (fault !== undefined) return wrong(precision, problem, fault);

  const oracle = (parameters: Float64Array, batch: Uint32Array): Expected => {
    const gradient = new Float64Array(parameters.length);
    const loss = referenceGradient(network, parameters, dataset, batch, gradient);
    return { loss, gradient: kernel.withoutBiases ? eraseBiases(network, gradient) : gradient };
  };
  const before = kernel.parameters.slice();
  try {
    let worst: Comparison | undefined;
    let exact = true;
    let previous: Float64Array | undefined;
    const hasMomentumInSteps = async (): Promise<boolean> => {
      if (network.convention?.momentum === undefined || kernel.descend !== undefined) return false;
      const batch = Uint32Array.of(0);
      const { gradient } = oracle(initial, batch);
      return await stepsCarryMomentum(kernel, network, initial, batch, gradient);
    };
    // What a program with momentum returns depends on what it returned before.
    const askForMomentum = async (): Promise<Float64Array | undefined> => {
      if (network.convention?.momentum === undefined) return undefined;
      writeParameters(initial, network, kernel.layout, kernel.parameters);
      const { gradient } = await callKernel(kernel, Uint32Array.of(0), dataset);
      return readParameters(gradient, kernel.layout, network);
    };
    let momentumIn: MomentumPlace | undefined = "gradient";
    // In steps of its own: what it returns may have the momentum, too.
    if (await hasMomentumInSteps()) momentumIn = undefined;
    let last = await askForMomentum();
    for (const check of plannedChecks(problem, initial, options)) {
      const { point, batch } = check;
      const parameters = kernel.withoutBiases
        ? eraseBiases(network, check.parameters.slice())
        : check.parameters;
      const place = { point, batchSize: batch.length };

      writeParameters(parameters, network, kernel.layout, kernel.parameters);
      const answer = await callKernel(kernel, batch, dataset);
      if (answer.fault !== undefined) return wrong(precision, problem, answer.fault, place);
      if (worst === undefined) {
        const { unit } = ROUNDING[precision];
        const update = await checkDescend(kernel, network, unit);
        if (update.fault !== undefined) return wrong(precision, problem, update.fault);
        if (kernel.descend !== undefined) momentumIn = update.momentumIn;
      }
      const given = readParameters(answer.gradient, kernel.layout, network);
      const meantLoss = withMeantLoss(
        problem,
        { parameters, loss: answer.loss },
        oracle(parameters, batch),
      );
      const expected = withMeantMomentum(network, meantLoss, given, last, momentumIn);
      last = given;
      const derivedAtRate = kernel.derives === "always" ? DERIVING_RATE : undefined;
      const actual = {
        parameters,
        batch,
        loss: kernel.returnsLoss === false ? expected.loss : answer.loss,
        gradient: given,
        derivedAtRate,
      };
      exact &&= actual.loss === expected.loss &&
        actual.gradient.every((g, p) => Object.is(g, expected.gradient[p]));
      const judged = (rows: number) =>
        judge(problem, precision, actual, expected, place, rows, false);
      let compared = judged(BOUND_ROWS);
      // Where relu is 0 for each of these rows, their bound is 0, too: only all rows show what rounding may do.
      if (compared.some(({ excess }) => !(excess <= 1))) compared = judged(batch.length);
      const wrongParts = compared.filter(({ excess }) => !(excess <= 1)).map(partOf);
      for (const comparison of compared) {
        if (worst === undefined || !(comparison.excess <= worst.excess)) worst = comparison;
      }
      const comparison = nearestToCause(compared);
      if (comparison !== undefined) {
        const earlier = [
          ...(previous ? [{ of: "previous-call", gradient: previous } as const] : []),
          ...(check.parameters === initial
            ? []
            : [{ of: "initial-parameters", ...oracle(initial, batch) } as const]),
        ];
        const why: Fault | undefined = await writesLate(kernel, answer.gradient)
          ? { kind: "late-writes" }
          : await writesNothing(kernel, batch, answer.gradient)
          ? { kind: "unwritten", written: 0, of: answer.gradient.length }
          : explain(problem, precision, actual, expected, comparison, earlier) ??
            await explainByNext(kernel, batch, problem, expected, actual.gradient);
        return { verdict: "wrong", ...comparison.found, wrongParts, ...(why && { fault: why }) };
      }
      const half = derivedAtRate === undefined
        ? halfPrecision(actual.gradient, expected.gradient, precision)
        : undefined; // a difference of parameters has few digits
      if (half !== undefined) return wrong(precision, problem, half, place);
      if (kernel.mode === "sync" && kernel.step) {
        const step = kernel.step.bind(kernel);
        const { fault: found, comparisons } = checkStep(
          kernel,
          step,
          problem,
          precision,
          { parameters, batch },
          meantLoss,
          place,
          BOUND_ROWS,
        );
        if (found !== undefined) return wrong(precision, problem, found, place);
        last = await askForMomentum();
        const wrongInStep = comparisons.filter(({ excess }) => !(excess <= 1));
        if (wrongInStep.length > 0) {
          const fault = { kind: "wrong-step" } as const;
          const { found } = wrongInStep[0];
          return { verdict: "wrong", ...found, wrongParts: wrongInStep.map(partOf), fault };
        }
      }
      previous = actual.gradient;
    }
    if (worst === undefined) throw new RangeError("Cannot verify: the subset is empty");
    const within = precision === "float64" ? "reordered" : "lower-precision";
    return { verdict: exact ? "exact" : within, ...worst.found };
  } finally {
    kernel.parameters.set(before);
    // A kernel that failed may fail here, too: its first error is the cause.
    if (kernel.mode === "async") await kernel.push?.().catch(() => {});
  }
}

/**
 * The wrong comparison that is nearest to the mistake: the loss, because a wrong forward pass makes all wrong; otherwise
 * the uppermost wrong layer, because a wrong δ makes all layers below it wrong.
 */
function nearestToCause(compared: readonly Comparison[]): Comparison | undefined {
  const wrong = compared.filter(({ excess }) => !(excess <= 1));
  const top = Math.max(...wrong.map(({ layer = 0 }) => layer));
  return wrong.find(({ part }) => part === "loss") ?? wrong.find(({ layer }) => layer === top);
}

const partOf = ({ part, layer }: Comparison): Pick<Place, "part" | "layer"> =>
  known({ part, layer });

/** Says if a second, identical call returns the right gradient, one call too late. */
async function explainByNext(
  kernel: Kernel,
  batch: Uint32Array,
  { network, dataset }: Problem,
  expected: Expected,
  first: Float64Array,
): Promise<Fault | undefined> {
  if (isSame(first, expected.gradient)) return undefined; // then only the loss is wrong
  const next = await callKernel(kernel, batch, dataset);
  const gradient = readParameters(next.gradient, kernel.layout, network);
  return isSame(gradient, expected.gradient)
    ? { kind: "earlier-gradient", of: "one-call-late" }
    : undefined;
}

/** A verdict without a comparison. Its tolerance is that of the longest sum in the forward pass. */
function wrong(
  precision: Precision,
  { network }: Problem,
  fault: Fault,
  place?: Place,
): Verification {
  const longest = Math.max(...network.layerSizes);
  return {
    verdict: "wrong",
    tolerance: SAFETY * sumError(longest, ROUNDING[precision].unit),
    ...(place && { worst: place }),
    fault,
  };
}
