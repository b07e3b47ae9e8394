import { exponentText } from "../profile/profile_text.ts";
import type { ScalingDiagnosis } from "./scaling_findings.ts";
import { type Finding, isAdvice } from "../format/finding.ts";
import type { Cell } from "../format/trial_record.ts";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatPercent,
  formatRatio,
} from "../report/numbers.ts";
import { wrap } from "../base/wrap.ts";
import type { Failure } from "../format/reason.ts";
import { reasonText } from "../report/reason_words.ts";

export interface Diagnosis {
  readonly cell: Cell;
  readonly healthy: boolean;
  /** Examinations that came to no end. */
  readonly failures: readonly {
    readonly subject: "gradient" | "training" | "scaling";
    readonly failure: Failure;
  }[];
  readonly findings: readonly Finding[];
  /** Absent where the examination did not come so far. */
  readonly scaling?: ScalingDiagnosis;
}

/** As `--format json` prints it: the figures of the scaling beside the findings of all examinations. */
export function diagnosisJson({ scaling, ...diagnosis }: Diagnosis) {
  if (scaling === undefined) return diagnosis;
  const { profile: { cell: _, ...profile }, findings: __, ...rest } = scaling;
  return { ...diagnosis, scaling: { ...profile, ...rest } };
}

/** What was found, in lines of at most `width`. */
export function diagnosisText(diagnosis: Diagnosis, width: number): string[] {
  const { cell, healthy, failures, findings, scaling } = diagnosis;
  const what = `${cell.implementation} · ${cell.runtime} · ${cell.layerSizes.join("-")} · ` +
    `${cell.hiddenActivation}, ${cell.outputLoss} · B = ${cell.batchSize}`;
  const faults = findings.filter((one) => !isAdvice(one));
  const advice = findings.filter(isAdvice);
  return [
    ...wrap(what, width, "  "),
    ...(healthy
      ? [
        "",
        ...wrap(
          "✓ healthy: its gradient is the oracle's, the network learns, time grows with the data",
          width,
          "  ",
        ),
      ]
      : []),
    ...faults.flatMap((one, i) => findingText(one, `✗ ${i + 1}.`, width)),
    ...failures.flatMap(({ subject, failure }) => [
      "",
      ...wrap(`✗ ${subject} not examined: ${reasonText(failure)}`, width, "  "),
    ]),
    ...advice.flatMap((one) => findingText(one, "→", width)),
    ...(scaling
      ? ["", "How it scales", ...scalingSentences(scaling).flatMap((one) => wrap(one, width, "  "))]
      : []),
  ];
}

function findingText(
  { id, layers, factor, evidence, meaning, fix }: Finding,
  mark: string,
  width: number,
): string[] {
  return [
    "",
    ...wrap(
      `${mark} ${id}` +
        (layers.length > 0 ? `, layer${layers.length > 1 ? "s" : ""} ${layers.join(", ")}` : "") +
        (factor !== undefined && factor !== 1 ? `, factor ${factor}` : ""),
      width,
      "    ",
    ),
    ...[`seen: ${evidence}`, `means: ${meaning}`, `fix: ${fix}`].flatMap((text) =>
      wrap(text, width - 4, "  ").map((line) => `    ${line}`)
    ),
  ];
}

/** What was measured, each sentence with its figure, whether it is a finding or not. */
function scalingSentences({ profile, growth, caches, formulations }: ScalingDiagnosis): string[] {
  const { subsets, exponents } = profile;
  const [first, last] = [subsets[0], subsets[subsets.length - 1]];
  const isFlat = Math.abs(growth.value - 1) < 0.1;
  const { allocation } = last;
  return [
    ...(exponents
      ? [
        `Time per epoch ~ m^k with k = ${exponentText(exponents.whole)} from ` +
        `${formatCount(first.examples)} to ${
          formatCount(last.examples)
        } examples: an example costs ` +
        `${formatDuration(first.nsPerExample.value)} at first and ` +
        `${formatDuration(last.nsPerExample.value)} at last, ` +
        (isFlat ? "which is flat." : `${formatRatio(growth.value)} as much.`),
      ]
      : []),
    ...(exponents && exponents.phases.length > 0
      ? [
        "By phase, with its share at last: " +
        last.phases.filter(({ share }) => share >= 0.01).map(({ phase, share }) => {
          const exponent = exponents.phases.find((one) => one.phase === phase)?.exponent;
          return `${phase} ${formatPercent(share, 0)}` +
            (exponent ? ` (k = ${exponent.value.toFixed(2)})` : "");
        }).join(", ") + ".",
      ]
      : []),
    ...(allocation?.heapBytesPerExample !== undefined
      ? [
        `${formatBytes(allocation.heapBytesPerExample)} are allocated on the heap per example` +
        (allocation.pauseShare !== undefined
          ? `, and garbage collections take ${formatPercent(allocation.pauseShare, 1)} of the time.`
          : "."),
      ]
      : []),
    ...caches.map(({ from, to, cache, ratio }) =>
      `Between ${formatCount(from)} and ${formatCount(to)} examples the working set leaves the ` +
      `${cache.level.toUpperCase()} cache (${formatBytes(cache.bytes)}): an example costs ` +
      `${formatRatio(ratio.value)} what it did.`
    ),
    // Those that are faster are a finding.
    ...formulations.filter(({ speedup }) => speedup.value < 1).map(({ name, summary, speedup }) =>
      `${name} is ${formatRatio(1 / speedup.value)} slower here (${summary}).`
    ),
  ];
}
