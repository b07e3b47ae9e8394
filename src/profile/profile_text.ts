import type { HotFunction } from "./call_tree.ts";
import type { Exponent } from "../format/interval.ts";
import type { Cell } from "../format/trial_record.ts";
import { CLOSURE_LIMIT, type ProfileSummary, type SubsetFigures } from "./profile_summary.ts";
import {
  counted,
  formatBytes,
  formatCount,
  formatDuration,
  formatFixed,
  formatInterval,
  formatNumber,
  formatPercent,
} from "../report/numbers.ts";
import { paint, type Style } from "../report/terminal_style.ts";
import { chunks, widthsOf } from "../report/text_table.ts";
import { wrap } from "../base/wrap.ts";

/** The program, its runtime, its network and B. */
export const cellText = (cell: Cell): string =>
  `${cell.implementation} · ${cell.runtime} · ${cell.layerSizes.join("-")} · ` +
  `${cell.hiddenActivation}, ${cell.outputLoss}${conventionText(cell)} · B = ${cell.batchSize}`;

/** " · targets 0.01 and 0.99 · pixels x*0.99+0.01"; empty where they are the usual. */
function conventionText({ convention = {} }: Cell): string {
  const { targets, pixels, weightDecay, momentum } = convention;
  return [
    ...(targets ? [`targets ${targets.join(" and ")}`] : []),
    ...(pixels === undefined ? [] : [`pixels ${pixels}`]),
    ...(weightDecay === undefined ? [] : [`weight decay ${weightDecay}`]),
    ...(momentum === undefined ? [] : [`momentum ${momentum}`]),
  ].map((one) => ` · ${one}`).join("");
}

export function profileText(
  summary: ProfileSummary,
  hot: readonly HotFunction[],
  style: Style,
): string[] {
  const { cell, subsets } = summary;
  const last = subsets[subsets.length - 1];
  const wrapped = (text: string): string[] => wrap(text, style.width, "  ");
  return [
    ...wrapped(answer(cell, last)),
    ...wrapped(cellText(cell)),
    "",
    ...phaseTable(summary, style),
    "",
    ...subsets.flatMap((subset) => wrapped(closureSentence(subset))),
    ...section("Memory", memorySentences(summary, last).flatMap(wrapped), style),
    ...section("Hottest functions", hotLines(hot, style), style),
    ...section("Hardware counters", counterLines(summary, style), style),
  ];
}

/** The time of an example, and the phases that take most of it where they add up. */
function answer(
  { implementation }: Cell,
  { examples, nsPerExample, phases, closure }: SubsetFigures,
): string {
  const time = `${implementation} takes ${formatDuration(nsPerExample.value)} per example at ` +
    `m = ${formatCount(examples)}`;
  if (closure && !closure.closes) return `✗ ${time}; its phases do not add up to that.`;
  const [first, second] = phases.filter(({ phase }) => phase !== "unmarked")
    .toSorted((a, b) => b.share - a.share)
    .map(({ phase, share }) => `${phase} ${formatPercent(share, 0)}`);
  return [time, [first, second].filter((one) => one !== undefined).join(", ")]
    .filter((one) => one !== "").join(": ") + ".";
}

function section(title: string, lines: readonly string[], style: Style): string[] {
  return lines.length === 0 ? [] : ["", paint("bold", title, style), ...lines];
}

/** Time per example by phase and m, with the exponent of each phase where there are several m. */
function phaseTable({ subsets, exponents }: ProfileSummary, style: Style): string[] {
  const names = [...new Set(subsets.flatMap(({ phases }) => phases.map(({ phase }) => phase)))];
  const sizes = subsets.map(({ examples }) => `m = ${formatCount(examples)}`);
  const rows = names.map((name) => [
    name,
    ...subsets.map(({ phases }) => {
      const found = phases.find(({ phase }) => phase === name);
      if (found === undefined) return "–";
      const time = formatDuration(Math.max(0, found.nsPerExample.value));
      return `${time} ${formatPercent(found.share, 0).padStart(5)}`;
    }),
    exponentOrNone(exponents?.phases.find(({ phase }) => phase === name)?.exponent),
  ]);
  const beforeShares = (ns: number) => formatDuration(ns) + " ".repeat(6);
  const sums = subsets.map(({ phases }) =>
    phases.length === 0
      ? "–"
      : beforeShares(phases.reduce((sum, { nsPerExample }) => sum + nsPerExample.value, 0))
  );
  const wholes = subsets.map(({ nsPerExample }) => beforeShares(nsPerExample.value));
  const table = [
    ["time per example", ...sizes, "time ~ m^k, k ="],
    ...rows,
    ...(names.length > 0 ? [["sum of the phases", ...sums, ""]] : []),
    ["without marks", ...wholes, exponentOrNone(exponents?.whole)],
  ].map((row) => exponents ? row : row.slice(0, -1));
  const [label, ...widths] = widthsOf(table);
  // Columns that do not fit follow in a table below.
  return chunks(widths, style.width - label - 2).flatMap(([from, to], part) => [
    ...(part === 0 ? [] : [""]),
    ...table.map(([name, ...cells], i) => {
      const aligned = cells.map((cell, k) => cell.padStart(widths[k])).slice(from, to);
      const line = [name.padEnd(label), ...aligned].join("  ").trimEnd();
      return i === 0 ? paint("dim", line, style) : line;
    }),
  ]);
}

/** An exponent that may be anything within a wider interval says nothing. */
const WIDEST = 1;

function exponentOrNone(exponent: Exponent | undefined): string {
  if (exponent === undefined) return "–";
  const { value, low = value, high = value } = exponent;
  return high - low > WIDEST ? "–" : exponentText(exponent);
}

/** Whether the phases can be trusted. */
function closureSentence({ examples, phases, closure, passes }: SubsetFigures): string {
  const at = `m = ${formatCount(examples)}`;
  const taken = counted(passes, "pass", "passes");
  if (closure === undefined) return `${at}: no phases were measured (${taken}).`;
  const ratio = formatInterval(closure.ratio, (value) => formatFixed(value, 3));
  const limit = formatPercent(CLOSURE_LIMIT, 0);
  const told = `the phases sum to ${ratio} of the time without marks, over ${taken} ` +
    `(the marks' own ${formatPercent(closure.markShare, 1)} taken off)`;
  if (closure.closes) {
    const only = phases.every(({ phase }) =>
      ["unmarked", "update", "copy", "protocol"].includes(phase)
    );
    return `✓ ${at}: ${told}.` +
      (only ? " The program marks no phases, so its gradient is one phase: unmarked." : "");
  }
  // An interval that reaches into the limits leaves open whether the marks do anything.
  const { low, high } = closure.ratio;
  const isOpen = low <= 1 + CLOSURE_LIMIT && high >= 1 - CLOSURE_LIMIT;
  return `✗ ${at}: this profile is invalid: ${told}, not within ±${limit}. ` +
    (isOpen
      ? "So few passes are too noisy: give it more time with --budget."
      : "The marks change what they measure: trust the whole, not its parts.");
}

function memorySentences(
  { cell, peakRssBytes, subsets }: ProfileSummary,
  { allocation }: SubsetFigures,
): string[] {
  const { heapBytesPerStep, bufferBytesPerStep = 0, collections } = allocation ?? {};
  const sentences: string[] = [];
  if (allocation && heapBytesPerStep !== undefined) {
    const buffers = `; besides, ${formatBytes(bufferBytesPerStep)} for typed arrays per step`;
    sentences.push(
      `${formatBytes(heapBytesPerStep)} allocated on the heap per step, ` +
        `${formatBytes(allocation.heapBytesPerExample!)} per example` +
        (bufferBytesPerStep >= 1 ? buffers : ""),
    );
  }
  if (collections === 0) sentences.push("no garbage collections");
  else if (allocation && collections) {
    sentences.push(
      `${formatNumber(allocation.collectionsPerSecond!)} garbage collections per second, ` +
        `${formatPercent(allocation.pauseShare!, 1)} of the time, the longest ` +
        formatDuration(allocation.longestPauseNs!),
    );
  }
  if (peakRssBytes !== undefined) {
    const peak = `${formatBytes(peakRssBytes)} peak memory, including the runtime and the data`;
    const isForeign = cell.runtime === "python" || cell.runtime === "program";
    const of = isForeign ? " of the largest subset" : " of all subsets";
    sentences.push(peak + (subsets.length > 1 ? of : ""));
  }
  return sentences;
}

function hotLines(hot: readonly HotFunction[], { width }: Style): string[] {
  return hot.flatMap(({ name, url, line, share }) => {
    const place = url.split("/").slice(-2).join("/") + (line > 0 ? `:${line}` : "");
    // Where Deno kept no source map. A function without a name is found by its line alone.
    const isLost = name === "(anonymous)" && url !== "" && line === 0;
    const words = url === ""
      ? name
      : `${name}  ${place}${isLost ? " (--runtimes node shows the line)" : ""}`;
    return beside(formatPercent(share, 1).padStart(7), words, width);
  });
}

/** A figure with words wrapped beside it. */
const beside = (figure: string, words: string, width: number): string[] =>
  wrap(words, width - figure.length - 2, "  ").map((line, i) =>
    `${i === 0 ? figure : " ".repeat(figure.length)}  ${line.trimEnd()}`
  );

function counterLines({ counters }: ProfileSummary, { width }: Style): string[] {
  if (counters === undefined || "unavailable" in counters) return [];
  const { events, examples } = counters;
  return Object.entries(events).flatMap(([name, count]) =>
    beside(formatNumber(count / examples).padStart(9), `${name} per example`, width)
  );
}

/** "1.08 [1.05, 1.12]" */
export const exponentText = (exponent: Exponent): string =>
  formatInterval(exponent, (k) => formatFixed(k, 2));
