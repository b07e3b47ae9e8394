import { wrap } from "../../base/wrap.ts";
import type { Finding } from "../../format/finding.ts";
import { cellText, exponentText } from "../../profile/profile_text.ts";
import {
  formatBinary,
  formatBytes,
  formatCount,
  formatDuration,
  formatFixed,
  formatPercent,
  formatRatio,
} from "../../report/numbers.ts";
import { assumedText } from "../../report/assumed_words.ts";
import { reasonText } from "../../report/reason_words.ts";
import type { Diagnosis } from "../diagnose_cell.ts";
import { isAdvice, type ScalingDiagnosis } from "../scaling/scaling_findings.ts";
import { titleOf, wordsOf } from "./finding_words.ts";

/** What `--format json` prints: findings as data and in words, and the figures of the scaling. */
export function diagnosisJson({ scaling, findings, ...diagnosis }: Diagnosis) {
  const explained = {
    ...diagnosis,
    findings: findings.map((one) => ({ ...one, title: titleOf(one), ...wordsOf(one) })),
  };
  if (scaling === undefined) return explained;
  const { profile: { cell: _, ...profile }, findings: __, ...rest } = scaling;
  return { ...explained, scaling: { ...profile, ...rest } };
}

const HEALTHY =
  "✓ healthy: the gradient is right, the network learns, and time is proportional to m";

/** A diagnosis in lines of at most `width`. */
export function diagnosisText(diagnosis: Diagnosis, width: number): string[] {
  const { cell, healthy, failures, findings, scaling } = diagnosis;
  const wrapped = (text: string): string[] => wrap(text, width, "  ");
  const assumed = assumedText(diagnosis.assumed);
  const faults = findings.filter((one) => !isAdvice(one));
  const advice = findings.filter(isAdvice);
  return [
    ...wrapped(cellText(cell)),
    ...(assumed === undefined ? [] : wrapped(assumed)),
    ...(healthy ? ["", ...wrapped(HEALTHY)] : []),
    ...faults.flatMap((one, i) => findingText(one, `✗ ${i + 1}.`, width)),
    ...failures.flatMap(({ subject, failure }) => [
      "",
      ...wrapped(`✗ ${subject} not examined: ${reasonText(failure)}`),
    ]),
    ...advice.flatMap((one) => findingText(one, "→", width)),
    ...(scaling ? ["", "How it scales", ...scalingSentences(scaling).flatMap(wrapped)] : []),
  ];
}

function findingText(finding: Finding, mark: string, width: number): string[] {
  const { evidence, meaning, fix } = wordsOf(finding);
  return [
    "",
    ...wrap(`${mark} ${titleOf(finding)}`, width, "    "),
    ...[`seen: ${evidence}`, `means: ${meaning}`, `fix: ${fix}`].flatMap((text) =>
      wrap(text, width - 4, "  ").map((line) => `    ${line}`)
    ),
  ];
}

/** The measured scaling, with or without findings. */
function scalingSentences(
  { profile, growth, caches, formulations, untimed }: ScalingDiagnosis,
): string[] {
  const { subsets, exponents } = profile;
  const [first, last] = [subsets[0], subsets[subsets.length - 1]];
  const isFlat = Math.abs(growth.value - 1) < 0.1;
  const { allocation } = last;
  const sentences: string[] = [];
  if (exponents) {
    sentences.push(
      `Time per epoch ~ m^k with k = ${exponentText(exponents.whole)} from m = ` +
        `${formatCount(first.examples)} to ${formatCount(last.examples)}. An example costs ` +
        `${formatDuration(last.nsPerExample.value)} at the largest m, ` +
        `${isFlat ? "about" : formatRatio(growth.value)} as much as at the smallest.`,
    );
  }
  if (exponents && exponents.phases.length > 0) {
    const phases = last.phases.filter(({ share }) => share >= 0.01).map(({ phase, share }) => {
      const exponent = exponents.phases.find((one) => one.phase === phase)?.exponent;
      return `${phase} ${formatPercent(share, 0)}` +
        (exponent ? ` (k = ${formatFixed(exponent.value, 2)})` : "");
    });
    sentences.push(`Share of each phase at the largest m: ${phases.join(", ")}.`);
  }
  if (allocation?.heapBytesPerExample !== undefined) {
    sentences.push(
      `It allocates ${formatBytes(allocation.heapBytesPerExample)} on the heap per example` +
        (allocation.pauseShare !== undefined
          ? `; garbage collections take ${formatPercent(allocation.pauseShare, 1)} of the time.`
          : "."),
    );
  }
  for (const { from, to, cache, ratio } of caches) {
    sentences.push(
      `Between m = ${formatCount(from)} and ${formatCount(to)} the working set outgrows the ` +
        `${cache.level.toUpperCase()} cache (${formatBinary(cache.bytes)}): ` +
        `an example then costs ${formatRatio(ratio.value)} as much.`,
    );
  }
  // A finding names the faster ones.
  for (const { name, summary, speedup } of formulations) {
    if (speedup.value >= 1) continue;
    sentences.push(`${name} is ${formatRatio(1 / speedup.value)} slower here (${summary}).`);
  }
  for (const { name, failure } of untimed) {
    sentences.push(`${name} could not be timed: ${reasonText(failure)}.`);
  }
  return sentences;
}
