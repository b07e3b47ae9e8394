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
import { type Diagnosis, isGradientRead, type Subject } from "../diagnose_cell.ts";
import { isAdvice, type ScalingDiagnosis } from "../scaling/scaling_findings.ts";
import { type Verdict, verdictOf } from "../verdict.ts";
import { isGradientFinding, titleOf, wordsOf } from "./finding_words.ts";
import { findingText } from "./finding_text.ts";
import type { Language } from "./told.ts";
import { listInWords } from "./plain_words.ts";
import { reachedTexts } from "./reached_words.ts";

/** What `--format json` prints: findings as data and in words, and the figures of the scaling. */
export function diagnosisJson(
  { scaling, findings, ...diagnosis }: Diagnosis,
  language?: Language,
) {
  const explained = {
    ...diagnosis,
    failures: diagnosis.failures.map((one) => ({ ...one, reason: reasonText(one.failure) })),
    ...(isGradientRead({ ...diagnosis, findings }) && { verdict: verdictOf(findings) }),
    findings: findings.map((one) => ({ ...one, title: titleOf(one), ...wordsOf(one, language) })),
  };
  if (scaling === undefined) return explained;
  const { profile: { cell: _, ...profile }, findings: __, ...rest } = scaling;
  return { ...explained, scaling: { ...profile, ...rest } };
}

/** What is printed beside the answer. */
export const EXPLANATIONS = ["evidence", "speed", "memory", "data", "network"] as const;
export type Explain = typeof EXPLANATIONS[number];

interface TextOptions {
  readonly explain?: readonly Explain[];
  readonly language?: Language;
  /** The command to run next. */
  readonly next?: string;
}

/** Without `explain`, a diagnosis has at most so many lines of 80 columns. */
const MOST_LINES = 25;

/** A diagnosis in lines of at most `width`: the verdict, causes and fixes, what to run next, and advice. */
export function diagnosisText(
  diagnosis: Diagnosis,
  width: number,
  { explain = [], language = "typescript", next }: TextOptions = {},
): string[] {
  const { cell, failures, findings, scaling, interrupted } = diagnosis;
  const wrapped = (text: string): string[] => wrap(text, width, "  ");
  const assumed = assumedText(diagnosis.assumed);
  const faults = findings.filter((one) => !isAdvice(one));
  const top = [
    ...wrapped(verdictText(diagnosis)),
    ...failures.flatMap(({ subject, failure }) =>
      wrapped(`✗ ${subject} not examined: ${reasonText(failure)}`)
    ),
    ...(interrupted === undefined
      ? []
      : wrapped(`✗ ${listInWords(interrupted)} not examined: interrupted`)),
    ...wrapped(cellText(cell)),
    ...(assumed === undefined ? [] : wrapped(assumed)),
  ];
  const end = [
    ...(next === undefined ? [] : wrapped(`next: ${next}`)),
    ...(diagnosis.reached
      ? reachedTexts(diagnosis.reached).flatMap((text) => wrapped(`→ ${text}`))
      : []),
    ...adviceLines(findings).flatMap(wrapped),
  ];
  const withEvidence = explain.includes("evidence");
  const blocks = faults.map((one, i) => findingText(one, i + 1, width, language, withEvidence));
  const left = withEvidence ? Infinity : MOST_LINES - top.length - end.length;
  let shown = blocks.length;
  const linesOf = (count: number) =>
    blocks.slice(0, count).flat().length + (count < blocks.length ? 2 : 0);
  while (shown > 1 && linesOf(shown) > left) shown--;
  const others = faults.slice(shown).map(titleOf);
  return [
    ...top,
    ...blocks.slice(0, shown).flat(),
    ...(others.length === 0
      ? []
      : wrapped(`✗ and ${others.join("; ")} (--explain evidence)`).slice(0, 2)),
    ...end,
    ...explained(diagnosis, explain, width),
    ...(scaling && explain.includes("speed") ? scalingSentences(scaling).flatMap(wrapped) : []),
  ];
}

const VERDICTS: Readonly<Record<Verdict, string>> = {
  "right": "RIGHT GRADIENT",
  "wrong-elsewhere": "RIGHT AT THIS NETWORK, WRONG AT ANOTHER",
  "right-until-large": "RIGHT GRADIENT, BUT NOT WITH LARGE PARAMETERS",
  "right-up-to-a-constant": "RIGHT UP TO A CONSTANT",
  "right-for-another-convention":
    "RIGHT FOR ANOTHER CONVENTION: it may train, but it is not what the plan says",
  "wrong": "WRONG GRADIENT",
  "wrong-update": "RIGHT GRADIENT, WRONG UPDATE",
  "not-reproducible": "NOT REPRODUCIBLE",
};

const HEALTHY: Readonly<Record<Subject, string>> = {
  gradient: "the gradient is right",
  training: "the network learns",
  scaling: "time is proportional to m",
};

function verdictText(diagnosis: Diagnosis): string {
  const { examined, healthy, failures, findings, interrupted } = diagnosis;
  const isFaultless = failures.length === 0 && findings.every(isAdvice);
  if (healthy || interrupted && isFaultless) {
    const told = examined.map((one) => HEALTHY[one]);
    return `${healthy ? "✓ HEALTHY" : "✓ SO FAR"}: ${
      [...told.slice(0, -2), told.slice(-2).join(", and ")].join(", ")
    }`;
  }
  const isUnread = failures.some(({ subject }) => subject === "gradient");
  if (isUnread) return "✗ NOT EXAMINED";
  const rest = findings.filter((one) => !isAdvice(one) && !isGradientFinding(one));
  const isSlow = rest.some(({ id }) => id.endsWith("superlinear"));
  const isUntaught = rest.some(({ id }) => !id.endsWith("superlinear"));
  const verdict = isGradientRead(diagnosis) ? verdictOf(findings) : undefined;
  return (verdict === "right" ? "✓ " : "✗ ") + [
    ...(verdict === undefined ? [] : [VERDICTS[verdict]]),
    ...(isUntaught ? ["TRAINING NEEDS A CHANGE"] : []),
    ...(isSlow ? ["TIME GROWS FASTER THAN m"] : []),
    ...(verdict === undefined && rest.length === 0 ? ["NOT EXAMINED"] : []),
  ].join(" · ");
}

const KINDS = ["network", "speed", "memory", "data"] as const;

/** What a piece of advice is about. */
const kindOf = ({ id }: Finding): typeof KINDS[number] =>
  id === "garbage-collection" || id === "allocation"
    ? "memory"
    : id === "data-sorted"
    ? "data"
    : id === "works-only-here"
    ? "network"
    : "speed";

/** Advice, a line for each kind. */
function adviceLines(findings: readonly Finding[]): string[] {
  return KINDS.flatMap((what) => {
    const all = findings.filter((one) => isAdvice(one) && kindOf(one) === what).map(titleOf);
    return all.length === 0 ? [] : [`→ ${what}: ${all.join("; ")} (--explain ${what})`];
  });
}

/** The advice that was asked for, with its figures. */
function explained(
  { findings }: Diagnosis,
  explain: readonly Explain[],
  width: number,
): string[] {
  return findings.filter((one) => isAdvice(one) && explain.includes(kindOf(one))).flatMap((one) => {
    const { evidence, meaning, fix } = wordsOf(one);
    return [
      ...wrap(`→ ${titleOf(one)}`, width, "    "),
      ...[`seen: ${evidence}`, `means: ${meaning}`, `fix: ${fix}`].flatMap((text) =>
        wrap(text, width - 4, "  ").map((line) => `    ${line}`)
      ),
    ];
  });
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
