import { messageOf } from "../../base/errors.ts";
import { known } from "../../base/known.ts";
import type { Finding, FindingOf } from "../../format/finding.ts";
import type { OtherNetwork } from "../../format/program_protocol.ts";
import type { GradientImplementation, Problem } from "../../gradients/contract.ts";
import { initialParameters } from "../../model/initialise.ts";
import { eraseBiases } from "../../model/layout.ts";
import type { Initialisation } from "../../model/network.ts";
import { referenceGradient } from "../../model/reference.ts";
import { isHarmless } from "../inside/small_constants.ts";
import { examineGradient } from "./examine_gradient.ts";
import { openForExamination } from "./examined_kernel.ts";
import { equalWidths, otherFunctions, otherShapes } from "./network_changes.ts";
import { distance, partsOf, sizeOf } from "./parts.ts";

type Failing = FindingOf<"works-only-here">["others"][number];

/**
 * Examines a gradient that is right at the network of `problem` at other depths, widths, activations and losses. A
 * formula that departs there was hidden: it is a finding, with its network as `at`. What does not run, or gives numbers
 * without a formula, is made for one network, which is no fault. What a program declares to be fixed is left alone, and
 * so is an activation or loss that it ignores or refuses.
 */
export async function examineOtherNetworks(
  implementation: GradientImplementation,
  problem: Problem,
  initialisation: Initialisation,
  seed: number,
): Promise<Finding[]> {
  const { network } = problem;
  const fixed = implementation.network ?? {};
  const wrong: Finding[] = [];
  const others: Failing[] = [];
  const right: OtherNetwork[] = [];
  const initial = initialParameters(network, initialisation, seed).map(Math.fround);
  const examineAt = async (at: OtherNetwork): Promise<boolean> => {
    const there = { ...problem, network: { ...network, ...known(at) } };
    const answer = await tryOne(implementation, there, initialisation, seed);
    if ("how" in answer) others.push({ at, ...answer });
    else if (answer.findings.length === 0) right.push(at);
    else wrong.push(...answer.findings.map((one): Finding => ({ ...one, at })));
    return "findings" in answer;
  };
  for (const at of otherShapes(network, fixed)) {
    if (!await examineAt(at)) await examineAt(equalWidths(at));
  }
  for (const at of otherFunctions(network, fixed)) {
    const there = { ...problem, network: { ...network, ...known(at) } };
    if (!await ignores(implementation, problem, there, initial)) await examineAt(at);
  }
  const fixedTo: Finding = { id: "works-only-here", layers: [], others, right };
  return others.length > 0 ? [...wrong, fixedTo] : wrong;
}

/** Findings of a gradient that departs by formulas, or why there are none. */
async function tryOne(
  implementation: GradientImplementation,
  problem: Problem,
  initialisation: Initialisation,
  seed: number,
): Promise<{ findings: Finding[] } | Omit<Failing, "at">> {
  const initial = initialParameters(problem.network, initialisation, seed);
  try {
    const findings = (await examineGradient(implementation, problem, initial, seed))
      .filter((one) => !NOT_OF_NETWORK.has(one.id) && !isHarmless(one));
    const failing = findings.find((one) => one.id === "fails-at-lengths");
    if (failing && "message" in failing) return { how: "fails", message: failing.message };
    if (findings.some(({ id }) => id === "never-finite")) return { how: "not-finite" };
    return findings.every(isFormula) ? { findings } : { how: "unexplained" };
  } catch (error) {
    return { how: "fails", message: messageOf(error).split("\n")[0] };
  }
}

/** What is told of the plan's network alone. */
const NOT_OF_NETWORK: ReadonlySet<string> = new Set([
  "overflow",
  "fails-when-large",
  "wrong-update",
]);

/** A formula, or a factor that is not 0: parts that are never written belong to a network that is fixed. */
const isFormula = (one: Finding): boolean =>
  "agreement" in one && one.agreement !== undefined || one.id === "sign-reversed" ||
  one.id === "scale" && "factor" in one && one.factor !== 0;

/** Opened for the other network, it answers as for the plan's, or does not open. */
async function ignores(
  implementation: GradientImplementation,
  { network, dataset }: Problem,
  there: Problem,
  parameters: Float64Array,
): Promise<boolean> {
  try {
    const kernel = await openForExamination(implementation, there);
    try {
      const batch = Uint32Array.of(0, dataset.count - 1);
      const { gradient: before } = await kernel.ask({ parameters, batch });
      const { momentum } = network.convention ?? {};
      const gradient = momentum === undefined
        ? before
        : (await kernel.ask({ parameters, batch })).gradient.map((g, p) =>
          g - momentum * before[p]
        );
      const expected = new Float64Array(gradient.length);
      referenceGradient(network, parameters, dataset, batch, expected);
      if (kernel.withoutBiases) eraseBiases(network, expected);
      return partsOf(network).every((part) =>
        distance(gradient, expected, part) <= kernel.closeness * sizeOf(expected, part)
      );
    } finally {
      await kernel.close();
    }
  } catch {
    return true;
  }
}
