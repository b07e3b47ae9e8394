import assert from "node:assert/strict";
import test from "node:test";
import { makeRun, makeTrials } from "../../tests/support/trials.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import { Summary } from "../format/summary.ts";
import { recordsAtMeanNode } from "./at_mean_node.ts";
import { compareCells } from "./series.ts";
import { sortTrials } from "./sort_trials.ts";
import { summarise } from "./summarise.ts";

const RUN = makeRun({ plan: { sizes: [1000, 4000], rounds: 6 } });
const PACES = [1, 1.5, 0.8];
const MEAN = (1 * 1.5 * 0.8) ** (1 / 3);
const nodeOf = ({ round }: TrialRecord): number => (round - 1) % 3;

/** The record of a machine that takes so many times as long. */
const slowed = (trial: TrialRecord, factor: number): TrialRecord => ({
  ...trial,
  samplesNs: trial.samplesNs.map((ns) => ns * factor),
  durations: { ...trial.durations!, openNs: trial.durations!.openNs! * factor },
  training: {
    epochs: trial.training!.epochs.map((epoch) => ({ ...epoch, trainNs: epoch.trainNs * factor })),
  },
});

/** Each of three shards has every third round. */
const onNodes = (change: (trial: TrialRecord) => TrialRecord | undefined = (trial) => trial) =>
  makeTrials(RUN, (trial) => {
    const node = nodeOf(trial);
    return change({ ...slowed(trial, PACES[node]), node: `n${node + 1}` });
  });

const plain = summarise(RUN, makeTrials(RUN), "run");
const merged = summarise(RUN, onNodes(), "run");
const near = (actual: number, expected: number, share: number) =>
  assert.ok(Math.abs(actual / expected - 1) <= share, `${actual}, expected ${expected}`);

test("a merged run has the times of a node of mean pace, and no interval that the paces widened", () => {
  Summary.parse(merged);
  assert.equal(merged.cells.length, 6);
  merged.cells.forEach(({ nsPerEpoch, openNs, epochs, nodes }, i) => {
    near(nsPerEpoch.value, plain.cells[i].nsPerEpoch.value * MEAN, 0.02);
    assert.ok(nsPerEpoch.high / nsPerEpoch.low < 1.1);
    near(openNs!, plain.cells[i].openNs! * MEAN, 0.02);
    near(epochs[2].cumulativeTrainNs, plain.cells[i].epochs[2].cumulativeTrainNs * MEAN, 0.03);
    assert.equal(nodes, 3);
  });
  merged.cells.forEach(({ speedup }, i) => {
    near(speedup!.value, plain.cells[i].speedup!.value, 0.02);
    assert.ok(speedup!.high! / speedup!.low! < 1.2);
  });
  assert.ok(merged.trialSpread!.greatest < 0.03, "trials of one cell are compared at one pace");
  near(merged.scalingLaws.length, plain.scalingLaws.length || 1, plain.scalingLaws.length ? 0 : 1);
});

test("it tells the pace of each node with an interval", () => {
  const { each, interaction } = merged.nodes!;
  assert.deepEqual(each.map(({ node, rounds, trials }) => [node, rounds, trials]), [
    ["n1", 2, 12],
    ["n2", 2, 12],
    ["n3", 2, 12],
  ]);
  each.forEach(({ pace: { value, low, high } }, i) => {
    near(value, PACES[i] / MEAN, 0.02);
    assert.ok(low! < PACES[i] / MEAN && PACES[i] / MEAN < high!);
  });
  assert.ok(interaction!.deviation < 0.02 && interaction!.pValue > 0.01);
  assert.equal(plain.nodes, undefined);
});

test("a program that lacks the slow node does not look fast", () => {
  const summary = summarise(
    RUN,
    onNodes((trial) =>
      trial.cell.implementation === "fused_typed" && trial.node === "n2" ? undefined : trial
    ),
    "run",
  );
  summary.cells.forEach(({ nsPerEpoch, speedup }, i) => {
    near(nsPerEpoch.value, plain.cells[i].nsPerEpoch.value * MEAN, 0.03);
    near(speedup!.value, plain.cells[i].speedup!.value, 0.03);
  });
});

test("the records of a single node say the same with its name as without", () => {
  const named = makeTrials(RUN, (trial) => ({ ...trial, node: "n1" }));
  assert.equal(JSON.stringify(summarise(RUN, named, "run")), JSON.stringify(plain));
});

test("the order of the records changes no byte", () => {
  assert.equal(
    JSON.stringify(summarise(RUN, onNodes().toReversed(), "run")),
    JSON.stringify(merged),
  );
});

test("a program that is relatively fast on one node widens its intervals, and no verdict rests on it", () => {
  const odd = summarise(
    RUN,
    onNodes((trial) =>
      trial.cell.implementation === "outer_product" && trial.node === "n3"
        ? slowed(trial, 0.4)
        : trial
    ),
    "run",
  );
  const widthOf = ({ cells }: Summary, name: string) => {
    const { speedup } = cells.find(({ cell }) => cell.implementation === name)!;
    return speedup!.high! / speedup!.low!;
  };
  assert.ok(widthOf(odd, "outer_product") > 2 * widthOf(merged, "outer_product"));
  assert.ok(odd.nodes!.interaction!.deviation > 0.1 && odd.nodes!.interaction!.pValue < 0.001);
});

test("what one node adds in rounds is no more than a node: verdicts count nodes, and say how many they lack", () => {
  const close = makeRun({
    plan: { implementations: ["naive_loop", "outer_product"], sizes: [1000], rounds: 6 },
  });
  const trials = makeTrials(close, (trial) => {
    const node = nodeOf(trial);
    const factor = trial.cell.implementation === "outer_product" ? 2.85 + 0.1 * node : 1;
    return { ...slowed(trial, PACES[node] * factor), node: `n${node + 1}` };
  });
  const summary = summarise(close, trials, "run");
  const [{ rivals: [rival] }] = summary.choices;
  assert.equal(rival.verdict, "unresolved");
  assert.ok(rival.nodesNeeded! > 3 && rival.roundsNeeded === undefined);
});

test("records at mean pace are scaled in all their times", () => {
  const cells = sortTrials(onNodes(), compareCells(RUN.plan)).cells;
  const [[first, second]] = recordsAtMeanNode(cells);
  const [[rawFirst, rawSecond]] = cells;
  const factor = rawFirst.samplesNs[0] / first.samplesNs[0];
  near(factor, 1 / MEAN, 0.02);
  near(rawSecond.samplesNs[0] / second.samplesNs[0], 1.5 / MEAN, 0.02);
  near(rawFirst.durations!.openNs! / first.durations!.openNs!, factor, 1e-9);
  near(rawFirst.interference!.cpuNs! / first.interference!.cpuNs!, factor, 1e-9);
  near(rawFirst.training.epochs[0].trainNs / first.training.epochs[0].trainNs, factor, 1e-9);
  assert.equal(first.memory, rawFirst.memory);
});
