import { findingText } from "../diagnose/words/finding_text.ts";
import { titleOf } from "../diagnose/words/finding_words.ts";
import type { Finding } from "../format/finding.ts";
import type { Verdict, Verification } from "../format/trial_record.ts";
import type { Network } from "../model/network.ts";
import { wrongText } from "../report/fault_words.ts";
import { formatCount, formatError, formatNumber } from "../report/numbers.ts";

interface Checked {
  readonly network: Network;
  readonly verdict: Verdict | "small-constant";
  readonly verification: Verification;
  readonly findings: readonly Finding[];
  /** The length of a minibatch whose answer is not the mean of those for its parts. */
  readonly departs: number | undefined;
  readonly relativeErrorByLayer: readonly { layer: number; weights: number; biases: number }[];
}

/** Test runners indent what they print. */
const WIDTH = 100;

const errorText = (error: number): string =>
  !Number.isFinite(error)
    ? "not finite"
    : error >= 0.001
    ? formatNumber(error)
    : formatError(error);

/** A check in lines: the answer, each mistake with its cause and what to change, and the error of each layer. */
export function checkText(
  { network, verdict, verification, findings, departs, relativeErrorByLayer }: Checked,
): string {
  const where = `${network.layerSizes.join("-")}, ${network.hiddenActivation}, ` +
    network.outputLoss;
  const isWrong = verdict === "wrong";
  // Runners show the first line beside the name of the test.
  const mistakes = findings.length === 0 ? wrongText(verification) : [
    ...findings.map(titleOf),
    ...(departs === undefined
      ? []
      : [`a minibatch of ${formatCount(departs)} is not the mean of its parts`]),
  ].join("; ");
  return [
    isWrong
      ? `the gradient is wrong: ${mistakes} (${where})`
      : findings.length > 0
      ? `the gradient is right but for a harmless constant: ${mistakes} (${where})`
      : `the gradient is right: ${verdict} (${where})`,
    ...findings.flatMap((one, i) => findingText(one, i + 1, WIDTH, "typescript", true)),
    ...(relativeErrorByLayer.length === 0 ? [] : ["relative error against the oracle:"]),
    ...relativeErrorByLayer.map(({ layer, weights, biases }) =>
      `  layer ${layer}: weights ${errorText(weights)}, biases ${errorText(biases)}`
    ),
  ].join("\n");
}
