import { exponentText } from "../../profile/profile_text.ts";
import {
  formatBinary,
  formatBytes,
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
  formatRatio,
} from "../../report/numbers.ts";
import { listInWords } from "./plain_words.ts";
import type { WordsTable } from "./words.ts";

const ALLOCATE_ONCE = "Allocate every array once, before the first step. Loop over indices where " +
  "map, slice or spread would make new arrays.";

const range = ({ fromExamples, toExamples }: { fromExamples: number; toExamples: number }) =>
  `from m = ${formatCount(fromExamples)} to ${formatCount(toExamples)}`;

export const SCALING_WORDS = {
  "superlinear": (finding) => ({
    evidence: `Time per epoch grows as m^k with k = ${exponentText(finding.exponent)}: ` +
      `${range(finding)}, the cost of an example rises ${formatRatio(finding.growth)}, from ` +
      `${formatDuration(finding.fromNs)} to ${formatDuration(finding.toNs)}.`,
    meaning: "An example costs more the more examples there are. A gradient does the same work " +
      "for each of them, so time per epoch should be proportional to m.",
    fix: finding.phases.length > 0
      ? `Look at ${listInWords(finding.phases.map((phase) => `"${phase}"`))}: see the next finding.`
      : "Look for work on the whole data set in each step: a copy, a search, a growing list. " +
        "Mark phases, and `slope profile` names the one that grows.",
  }),
  "phase-superlinear": (finding) => ({
    evidence: `Phase "${finding.phase}" grows as m^k with k = ${exponentText(finding.exponent)}: ` +
      `${range(finding)}, its cost per example rises ${formatRatio(finding.growth)}, and its ` +
      `share of the time from ${formatPercent(finding.fromShare, 1)} to ` +
      `${formatPercent(finding.toShare, 1)}.`,
    meaning: `"${finding.phase}" touches data outside the minibatch, the more the larger m is.`,
    fix: `In "${finding.phase}", use only the rows of the minibatch. Compute what depends on the ` +
      "whole subset once, when the kernel is opened.",
  }),
  "garbage-collection": ({ pauseShare, collectionsPerSecond, longestPauseNs }) => ({
    evidence: `Garbage collections take ${formatPercent(pauseShare, 1)} of the time: ` +
      `${formatNumber(collectionsPerSecond)} per second, the longest ${
        formatDuration(longestPauseNs)
      }.`,
    meaning: "The runtime must find and free what each step allocates.",
    fix: ALLOCATE_ONCE,
  }),
  "allocation": ({ bytesPerExample, bufferBytesPerExample }) => ({
    evidence: `The program allocates ${formatBytes(bytesPerExample)} per example` +
      (bufferBytesPerExample >= 1
        ? `, ${formatBytes(bufferBytesPerExample)} of it for typed arrays.`
        : ", all on the heap."),
    meaning: "Fresh memory is cleared, written, read once and freed. Reused arrays avoid this " +
      "memory traffic.",
    fix: ALLOCATE_ONCE,
  }),
  "cache-cliff": ({ fromExamples, toExamples, growth, cache }) => ({
    evidence: `An example costs ${formatRatio(growth)} as much at m = ${
      formatCount(toExamples)
    } as at m = ${
      formatCount(fromExamples)
    }, where the working set outgrows the ${cache.level.toUpperCase()} cache of ${
      formatBinary(cache.bytes)
    } (${cache.workingSetBytes.map(formatBytes).join(" to ")}).`,
    meaning: "Pixels then come from slower memory, and the arithmetic waits for them.",
    fix:
      "Store pixels as bytes, or only those that are not 0. Finish with each row before reading " +
      "the next.",
  }),
  "faster-formulation": ({ formulations }) => ({
    evidence:
      formulations.map(({ name, summary, speedup }) =>
        `${name} is ${formatRatio(speedup)} faster here (${summary})`
      ).join("; ") + ".",
    meaning: "The same sums can be computed in another order, with less memory traffic and " +
      "fewer instructions.",
    fix: formulations.length === 1
      ? `Start from ${formulations[0].name}; its file in src/gradients/ shows how.`
      : `Start from ${formulations[formulations.length - 1].name}, the closest of them, or take ${
        formulations[0].name
      }; their files in src/gradients/ show how.`,
  }),
} satisfies WordsTable;
