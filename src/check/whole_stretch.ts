import type { Parameters } from "../gradients/contract.ts";
import type { AuditContext } from "./audit_context.ts";
import type { TrialFault } from "../format/fault.ts";
import { isComparable } from "./diverged.ts";
import { ROUNDING } from "./error_bound.ts";

/** A share of the way that the parameters went: far above rounding, far below the effect of skipped steps. */
const TOLERANCE = 0.01;

/**
 * A program that runs its steps itself is audited step by step, and single steps do not show whether it does them all
 * when it is asked for many. So many steps at once must lead where the same steps lead in two parts. Together with the
 * audit of single steps that shows that each was done: whatever leads to the same place for every division is a
 * sequence of steps.
 *
 * Runs steps 0 to `steps` − 1 twice from where `start` leads.
 */
export async function checkWholeStretch(
  { kernel, precision, runner, random }: AuditContext,
  start: () => Promise<void>,
  steps: number,
): Promise<TrialFault | undefined> {
  if (kernel.mode !== "async" || kernel.epochs === undefined || steps < 2) return undefined;
  await start();
  const first = kernel.parameters.slice();
  await runner.stretch(0, steps);
  await kernel.pull?.();
  const whole = kernel.parameters.slice();

  kernel.parameters.set(first);
  await kernel.push?.();
  const border = 1 + random.integer(steps - 1);
  await runner.stretch(0, border);
  await runner.stretch(border, steps);
  await kernel.pull?.();
  const parts = kernel.parameters;
  if (!isComparable(whole) || !isComparable(parts)) return undefined;
  const rounding = steps * ROUNDING[precision].unit *
    distance(first, new Float64Array(first.length));
  const isSame = distance(whole, parts) <= TOLERANCE * distance(parts, first) + rounding;
  if (isSame) return undefined;
  return { kind: "wrong-in-step", fault: { kind: "other-in-parts", steps, border } };
}

function distance(a: Parameters, b: Parameters): number {
  let squares = 0;
  for (let p = 0; p < a.length; p++) squares += (a[p] - b[p]) ** 2;
  return Math.sqrt(squares);
}
