import type { Summary } from "../format/summary.ts";
import { type Block, heading, list, numbers, paragraph, table } from "./document.ts";
import { noteText } from "./data_words.ts";
import { isNamed, planFacts, repeatCommand } from "./plan_words.ts";
import {
  formatBinary,
  formatBytes,
  formatCount,
  formatDuration,
  formatFixed,
  formatPercent,
} from "./numbers.ts";
import { deviceText, leftOutText } from "./reason_words.ts";
import { runtimesOf } from "./terms.ts";
import { hostsOf } from "../summary/hosts_of.ts";

/** A table of names and values, without the unknown ones. */
function facts(pairs: readonly (readonly [string, string | undefined])[]): Block {
  const known = pairs.flatMap(([name, value]) => value ? [[name, value]] : []);
  return { ...table(["what", "value"], known), facts: true };
}

export function environmentSection(
  { environment, sessions, series, shards = [] }: Summary,
): Block[] {
  const caches = CACHES.flatMap(([level, name]) => {
    const bytes = environment.cachesBytes[level];
    return bytes === undefined ? [] : [`${name} ${formatBinary(bytes)}`];
  });
  const devices = series.flatMap(({ implementation, device }) =>
    device === undefined ? [] : [`${implementation}: ${deviceText(device)}`]
  );
  const times = sessions.map(({ startedAt, finishedAt }) =>
    `${startedAt} to ${finishedAt ?? "(killed)"}`
  );
  return [
    heading("Environment"),
    facts([
      ["host", someOf(hostsOf({ environment, shards }))],
      ["CPU", environment.cpu],
      ["architecture", environment.arch],
      ["cores", formatCount(environment.cores)],
      ["caches", caches.join(", ")],
      ["memory", formatBytes(environment.memoryBytes)],
      ["operating system", environment.os],
      ["runtimes", runtimesOf(environment).join(", ")],
      ["devices", [...new Set(devices)].join(", ")],
      [
        "load average at the start",
        environment.loadAverage?.map((load) => formatFixed(load, 2)).join(", "),
      ],
      ["Slope", environment.slope],
      ["commit", environment.gitCommit],
      [sessions.length > 1 ? "sessions" : "time", times.join("; ")],
    ]),
    ...shardTable(shards),
  ];
}

/** More shards, or hosts in one line, are counted; `run.json` has all. */
const [MOST_SHARDS, MOST_HOSTS] = [50, 8];

/** "n1, n2", "n1, n2, … and 990 more". */
function someOf(names: readonly string[]): string {
  const more = names.length - MOST_HOSTS;
  return more <= 0
    ? names.join(", ")
    : `${names.slice(0, MOST_HOSTS).join(", ")} and ${formatCount(more)} more`;
}

/** Where each shard of a merged run was measured. */
function shardTable(shards: NonNullable<Summary["shards"]>): Block[] {
  if (shards.length === 0) return [];
  return [
    table(
      ["shard", "host", "CPU", numbers("trials"), "time"],
      shards.slice(0, MOST_SHARDS).map((one) => [
        `${one.index} of ${one.count}`,
        someOf(hostsOf({ ...one, shards: [one] })),
        one.environment.cpu,
        formatCount(one.trials) +
        (one.planned === undefined ? "" : ` of ${formatCount(one.planned)}`),
        one.sessions.map(({ startedAt, finishedAt }) =>
          `${startedAt} to ${finishedAt ?? "(killed)"}`
        )
          .join("; "),
      ]),
    ),
    ...(shards.length > MOST_SHARDS
      ? [paragraph(`run.json lists all ${formatCount(shards.length)} shards.`)]
      : []),
  ];
}

const CACHES = [["l1d", "L1d"], ["l2", "L2"], ["l3", "L3"]] as const;

export function planSection({ plan, data, leftOut = [] }: Summary): Block[] {
  return [
    heading("Plan"),
    facts(planFacts(plan)),
    ...leftOut.map((one) => paragraph(`${leftOutText(one)}.`)),
    paragraph(
      data.synthetic || isNamed(data.name)
        ? "To repeat this run:"
        : "To repeat this run, with the folder of the data set as --data:",
    ),
    { kind: "code", text: repeatCommand(plan, data) },
  ];
}

export function dataSection({ data }: Summary): Block[] {
  return [
    heading("Data"),
    facts([
      ["name", data.synthetic ? `${data.name} (synthetic digits)` : data.name],
      ["source", data.source],
      ["training examples", formatCount(data.trainExamples)],
      ["test examples", formatCount(data.testExamples)],
      ["features", formatCount(data.features)],
      ["classes", formatCount(data.classes)],
    ]),
    ...(data.notes ?? []).map((note) => paragraph(noteText(note))),
    table(["part", "SHA-256"], [
      ["training images", data.sha256.trainImages],
      ["training labels", data.sha256.trainLabels],
      ["test images", data.sha256.testImages],
      ["test labels", data.sha256.testLabels],
    ]),
  ];
}

const KALIBERA = {
  text: "Kalibera and Jones, Rigorous benchmarking in reasonable time, 2013",
  url: "https://doi.org/10.1145/2464157.2464160",
};
const BARRETT = {
  text: "Barrett et al., Virtual machine warmup blows hot and cold, 2017",
  url: "https://doi.org/10.1145/3133876",
};
const KILLICK = {
  text: "Killick et al., Optimal detection of changepoints, 2012",
  url: "https://doi.org/10.1080/01621459.2012.737745",
};
const HOLM = {
  text: "Holm, A simple sequentially rejective multiple test procedure, 1979",
  url: "https://www.jstor.org/stable/4615733",
};
const SMYTH = {
  text: "Smyth, Linear models and empirical Bayes methods, 2004",
  url: "https://doi.org/10.2202/1544-6115.1027",
};
const WILLIAMS = {
  text: "Williams et al., Roofline, 2009",
  url: "https://doi.org/10.1145/1498765.1498785",
};

const HARTUNG = {
  text: "Hartung and Knapp, On tests of the overall treatment effect in meta-analysis, 2001",
  url: "https://doi.org/10.1002/sim.791",
};

export function methodSection({ plan, cells, time, ceilings, nodes }: Summary): Block[] {
  const confidence = formatPercent(cells[0]?.nsPerEpoch.confidence ?? 0.95, 0);
  return [
    heading("How it was measured"),
    list([
      {
        text:
          "A trial is one cell (implementation, runtime, m, B, threads, seed) in one fresh process. Rounds repeat all " +
          "cells, so that a slow minute of the machine does not affect one cell alone.",
        sources: [KALIBERA],
      },
      "A trial first verifies the gradient against the oracle. It then trains, and evaluates the test accuracy off " +
      "the clock. Last it takes samples: whole epochs of minibatch gradients and updates.",
      {
        text:
          "Changepoints in the ordered samples of a trial show where its steady part begins; earlier samples are not " +
          "used. The time is the median over the trials' medians. Its interval is Student's t on the logarithms of " +
          `the trials, or of the samples where there is one trial, at ${confidence}.`,
        sources: [BARRETT, KILLICK],
      },
      {
        text:
          "Speedups, choices and their verdicts rest on one estimate per pair of cells. All verdicts together hold with " +
          "95 %, because each interval is corrected for the number of pairs; its verdict follows from it. " +
          "Differences below the noise floor do not count.",
        sources: [HOLM],
      },
      {
        text:
          "A speedup is the quotient of the two times in the tables. Its interval comes from the ratios of the rounds " +
          "that both have, in which the machine's pace cancels. Their scatter is estimated from all series of the " +
          "run together.",
        sources: [SMYTH],
      },
      ...(nodes === undefined ? [] : [{
        text:
          "Each round was measured whole on one node. Nodes are blocks, and each gives one ratio of a pair. Their paces " +
          "are taken out of all times, where several cells show them. Intervals of ratios and times cover how programs " +
          "differ from node to node.",
        sources: [HARTUNG],
      }]),
      "Subsets are nested: the first m examples of one seeded, class-balanced order. Every " +
      "implementation starts from the same weights and sees the same minibatches.",
      ...(ceilings.length === 0 ? [] : [{
        text:
          "Simple loops measured the ceilings before the first trial. The ceiling of a cell is the lower of what its " +
          "arithmetic and its memory traffic allow.",
        sources: [WILLIAMS],
      }]),
      `${formatPercent(time.measuredShare, 0)} of the ${formatDuration(time.wallNs)} was spent ` +
      `training and sampling, with the timing engine ${plan.engine}.`,
    ]),
  ];
}
