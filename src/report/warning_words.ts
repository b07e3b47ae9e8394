import type { Network } from "../model/network.ts";
import type { Summary } from "../format/summary.ts";
import type { Warning } from "../format/warning.ts";
import type { StartWarning } from "../sweep/start_warning.ts";
import { commandIn } from "../base/own_command.ts";
import { counted, formatCount, formatPercent, listed } from "./numbers.ts";
import { leftOutText, softwareText } from "./reason_words.ts";
import { shardWarningText } from "./shard_words.ts";

/** What the user should know before a sweep starts. */
export function startWarningText(warning: StartWarning): string {
  switch (warning.kind) {
    case "no-earlier-code":
      return `${warning.implementation} has no earlier code in ${warning.in} to compare with`;
    case "same-code":
      return `${warning.implementation} is the same in ${warning.in}, with all that it imports: ` +
        "whatever differs is noise";
    case "uncommitted":
      return `${warning.implementation} has changes that are in no commit: ` +
        "they are measured as the present version";
    case "base-is-ahead":
      return `${warning.ref} has commits that this branch lacks, and their changes count, too; ` +
        `\`--against $(git merge-base HEAD ${warning.ref})\` leaves them out`;
    case "environment-changed":
      return `${warning.what} was ${warning.before} when the run began and is ` +
        `${warning.now ?? "absent"} now`;
    case "own-networks":
      return `${warning.program} computes ${warning.networks.map(networkText).join("; ")} only, ` +
        "and is measured on that alone";
    case "left-out":
      return leftOutText(warning);
    case "line-cut":
      return `the last line of ${warning.path} was unfinished ` +
        `(${counted(warning.bytes, "byte")}) and is left out`;
  }
}

const networkText = ({ layerSizes, hiddenActivation, outputLoss }: Network): string =>
  `${layerSizes.join("-")}, ${hiddenActivation}, ${outputLoss}`;

/** The warnings of a summary, a sentence each. */
export const warningTexts = (
  { warnings, run, plan }: Pick<Summary, "warnings" | "run" | "plan">,
): string[] =>
  warnings.map((warning) => warningText(warning, commandIn(plan.runtimes[0], "bench"), run));

function warningText(warning: Warning, bench: string, run: string): string {
  switch (warning.kind) {
    case "synthetic-data":
      return "The data are synthetic digits, not MNIST: accuracies cannot be compared with MNIST's.";
    case "unfinished": {
      const { trials, planned, isOpen } = warning;
      const done = trials === 0
        ? "No trial"
        : planned === undefined
        ? counted(trials, "trial")
        : `${formatCount(trials)} of ${counted(planned, "trial")}`;
      return `${done}: the run ${isOpen ? "goes on, or was killed" : "was interrupted"}; ` +
        `\`${bench} --resume ${run}\` continues it.`;
    }
    case "one-shard":
    case "shards-missing":
    case "shards-unfinished":
    case "shared-machine":
      return shardWarningText(warning);
    case "no-figures":
      return "No trial gave a figure: the problems below say why.";
    case "software-device":
      return `${warning.implementations.join(", ")} ran on ` +
        `${warning.devices.map(softwareText).join(" and ")}: ` +
        "the processor computed, and the times say nothing about a GPU.";
    case "single-trial":
      return `${cellsHave(warning)} a single trial: ` +
        "the intervals cover noise within one process, not differences between processes.";
    case "few-samples":
      return `${cellsHave(warning)} fewer than ${warning.fewest} steady samples: ` +
        "their intervals are too narrow to trust " +
        "(more rounds with --rounds, more time with --budget).";
    case "unsteady":
      return `${counted(warning.trials, "trial")} of ${listed(warning.implementations)} ` +
        (warning.went === "slowdown"
          ? "became slower during the samples: only the later samples are used."
          : "still changed speed when the samples ended: all samples are used.");
    case "stolen-time":
      return `In ${shareOfCells(warning)} the hypervisor gave more than ` +
        `${percent(warning.above)} of the machine's time to others (up to ` +
        `${percent(warning.greatest)}): other machines on the same host disturbed the times.`;
    case "contention": {
      const { greatest, implementation, examples, samples, disturbed, setAside, change } = warning;
      return `The CPU was contended in ${shareOfCells(warning)}: samples waited for up to ` +
        `${percent(greatest)} of their time (${implementation}, m = ${formatCount(examples)}). ` +
        `Of ${counted(samples, "sample")}, ${formatCount(disturbed)} were disturbed and ` +
        `${formatCount(setAside)} set aside` +
        (change !== undefined && Math.abs(change) >= 0.001
          ? `; with them that cell would take ${formatPercent(Math.abs(change), 1)} ` +
            `${change > 0 ? "more" : "less"}.`
          : ".");
    }
    case "guessed-waiting": {
      const files = warning.unreadable.map(({ path, message }) => `${path}: ${message}`);
      return `In ${shareOfCells(warning)} all time without a CPU counts as waiting for one, ` +
        `because the system does not tell the two apart (${files.join("; ")}).`;
    }
    case "little-cpu":
      return `In ${shareOfCells(warning)} the process had a CPU for less than ` +
        `${percent(warning.below)} of the sampled time (down to ${percent(warning.least)}): ` +
        "the times include other programs, or waiting.";
    case "unaudited":
      return `No step of ${counted(warning.trials, "trial")} of ${
        listed(warning.implementations)
      } ` +
        "was compared with the oracle while it was timed, because training had diverged: " +
        "only the verification before speaks for the gradient. A smaller --rate may help.";
    case "threads-differ":
      return `${warning.implementation} used ${warning.fewest} to ${warning.most} threads ` +
        `at B = ${warning.batchSizes.map(formatCount).join(", ")}, ` +
        "as it decided anew in each process: the figures mix them.";
    case "idle-threads":
      return `${warning.implementation} used ${warning.threadsUsed} of its ${warning.threads} ` +
        `threads at B = ${warning.batchSizes.map(formatCount).join(", ")}: ` +
        "it does not split minibatches this small" +
        (warning.sameCode === undefined
          ? "."
          : `, and so ran the code of ${warning.sameCode}: the two are one line.`);
    case "wrong-gradient":
      return `The gradient of ${warning.implementations.join(", ")} is wrong and was timed ` +
        "anyway (--keep-wrong).";
    case "sorted-samples":
      return `The engine ${warning.engine} sorts its samples, so no warm-up could be found and cut.`;
  }
}

/** "2 of 7 cells", "all 7 cells", "both cells", "the only cell". */
export const shareOfCells = ({ cells, of }: { cells: number; of: number }): string =>
  cells < of
    ? `${formatCount(cells)} of ${counted(of, "cell")}`
    : of === 1
    ? "the only cell"
    : of === 2
    ? "both cells"
    : `all ${counted(of, "cell")}`;

/** "All 7 cells have". */
function cellsHave(share: { cells: number; of: number }): string {
  const [first, ...rest] = shareOfCells(share);
  return `${first.toUpperCase()}${rest.join("")} ${share.cells === 1 ? "has" : "have"}`;
}

const percent = (share: number): string => formatPercent(share, 0);
