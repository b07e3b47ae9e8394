import type { Behaviour } from "./behaviour.ts";
import type { Finding } from "../format/finding.ts";
import { layersInWords } from "./finding_words.ts";

/** What a kernel does wrong beside the arithmetic. */
export function behaviourFindings({ answers, spread, update, changesBatch }: Behaviour): Finding[] {
  const findings: Finding[] = [];
  if (update) {
    const { layers, rate } = update;
    findings.push({
      id: "parameters-changed",
      layers: [...layers],
      evidence: `After one call the parameters of ${layersInWords(layers)} are others` +
        (rate === undefined ? "." : `, by −${rate.toPrecision(3)} · its gradient.`),
      meaning: rate === undefined
        ? "The call for a gradient changes the parameters, which it should only read."
        : "The update is applied inside the gradient; the trainer then applies it once more.",
      fix: "Leave `parameters` as they are; the update belongs into `descend`, or to the trainer.",
    });
  }
  if (answers === "varies" || answers === "remembers") {
    findings.push({
      id: "non-deterministic",
      layers: [],
      evidence: answers === "varies"
        ? `Two calls with the same parameters and rows differ by ${percent(spread)}.`
        : "The first call with new parameters or rows differs from the second with the same.",
      meaning: answers === "varies"
        ? "The same question gets different answers: random numbers, a race, or memory that was never set."
        : "The answer depends on the call before: something of it is kept and used once more.",
      fix: answers === "varies"
        ? "Draw nothing at random inside the gradient, set every buffer before it is added to, await all work."
        : "Compute everything from `parameters` and `batch` in each call.",
    });
  }
  if (answers === "adds" || answers === "sums-up") {
    findings.push({
      id: "accumulated",
      layers: [],
      evidence: answers === "adds"
        ? "What stood in `gradient` before the call is still in it afterwards, added to."
        : "Each further call with the same parameters and rows adds the same gradient once more.",
      meaning:
        "Gradients of earlier calls stay in the sum, so each step goes along all that went before.",
      fix: answers === "adds"
        ? "Begin with `gradient.fill(0)`, or write instead of adding."
        : "Set the sums to 0 at the start of every call.",
    });
  }
  if (changesBatch) {
    findings.push({
      id: "unexplained",
      layers: [],
      evidence: "After one call the row numbers in `batch` are others.",
      meaning: "The minibatch is changed, which the trainer goes on to use.",
      fix: "Copy `batch` before sorting or rescaling it.",
    });
  }
  return findings;
}

const percent = (share: number): string => `${(100 * share).toPrecision(2)} %`;
