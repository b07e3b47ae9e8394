import assert from "node:assert/strict";
import test from "node:test";
import { randomFrom } from "../base/random.ts";
import { byNode, foldNodes } from "./by_node.ts";
import { intervalOf, ratiosWithin } from "./ratio.ts";
import { sampleMedian, type TrialSamples } from "./trial_samples.ts";

const near = (actual: number, expected: number, tolerance = 1e-9) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual}, expected ${expected}`);

const trial = (node: string, round: number, ns: number): TrialSamples => ({
  round,
  node,
  sorted: Float64Array.of(ns),
});

/** ns by node and round; undefined where a trial is missing. */
const cell = (times: Record<string, (number | undefined)[]>): TrialSamples[] =>
  Object.entries(times).flatMap(([node, ofNode]) =>
    ofNode.flatMap((ns, i) => ns === undefined ? [] : [trial(node, i + 1, ns)])
  );

test("a run of one machine, or of one node, stays as it is", () => {
  const plain = [[{ round: 1, sorted: Float64Array.of(1) }]];
  const single = [cell({ n1: [1, 2] }), cell({ n1: [2, 4] })];
  assert.equal(byNode(plain), plain);
  assert.equal(byNode(single), single);
});

test("the trials of a cell on a node become one, the geometric mean, and tell how many they are", () => {
  const [a] = byNode([cell({ n1: [1, 4], n2: [3, 27] }), cell({ n1: [1, 4], n2: [3, 27] })]);
  assert.deepEqual(a.map(({ node, trials }) => [node, trials]), [["n1", 2], ["n2", 2]]);
  near(sampleMedian(a[0]), 2);
  near(sampleMedian(a[1]), 9);
});

test("nodes come in the order of their numbers, whatever that of the records", () => {
  const one = cell({ n10: [1, 1], n2: [1, 1] });
  assert.deepEqual(byNode([one, one])[0].map(({ node }) => node), ["n2", "n10"]);
});

test("a round that a cell lacks does not change its level: the pace of rounds is taken out", () => {
  const pace = [1, 2, 0.7];
  const whole = (level: number) =>
    cell({ n1: pace.map((p) => level * p), n2: [level, level, level] });
  const lacking = cell({ n1: [5, undefined, 3.5], n2: [5, 5, 5] });
  const [a, b, c] = byNode([whole(100), whole(20), lacking]);
  near(sampleMedian(a[0]) / sampleMedian(b[0]), 5);
  near(sampleMedian(b[0]) / sampleMedian(c[0]), 4, 1e-3);
  assert.equal(c[0].trials, 2);
});

test("a node of fewer rounds weighs less where trials scatter, and as much where nodes do", () => {
  const random = randomFrom(1, "weights");
  const noisy = (between: number, within: number) =>
    [0, 1, 2].map(() =>
      cell(Object.fromEntries(
        Array.from({ length: 30 }, (_, i) => {
          const level = between * random.normal();
          const rounds = i === 0 ? 1 : 4;
          return [
            `n${i + 1}`,
            Array.from({ length: rounds }, () => Math.exp(level + within * random.normal())),
          ];
        }),
      ))
    );
  const weightOf = (between: number, within: number) =>
    byNode(noisy(between, within))[0][0].weight ?? 1;
  const light = weightOf(0, 0.05);
  assert.ok(light > 0.2 && light < 0.4, `${light}`);
  assert.ok(weightOf(0.5, 0.05) > 0.9);
});

test("the variance between nodes is told apart from the scatter of trials", () => {
  const random = randomFrom(2, "components");
  const cells = Array.from({ length: 6 }, () =>
    cell(Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => {
        const level = 0.03 * random.normal();
        return [`n${i}`, [1, 2, 3].map(() => Math.exp(level + 0.02 * random.normal()))];
      }),
    )));
  const { within, between } = foldNodes(cells)!;
  near(Math.sqrt(within.variance), 0.02, 0.001);
  near(Math.sqrt(between), 0.03, 0.003);
});

test("with one round per node the nodes are what rounds are on one machine", () => {
  const logs = [0.1, 0.14, 0.08, 0.11];
  const onNodes = [
    cell(Object.fromEntries(logs.map((_, i) => [`n${i}`, [100 * (i + 1)]]))),
    cell(Object.fromEntries(logs.map((log, i) => [`n${i}`, [100 * (i + 1) * Math.exp(log)]]))),
  ];
  const inRounds = onNodes.map((trials) =>
    trials.map(({ sorted }, i): TrialSamples => ({ round: i + 1, sorted }))
  );
  const ratioOf = ([a, b]: readonly (readonly TrialSamples[])[]) =>
    ratiosWithin([{ a, b, kernel: "k" }])[0];
  const [nodes, rounds] = [ratioOf(byNode(onNodes)), ratioOf(inRounds)];
  near(nodes.logRatio, rounds.logRatio);
  near(nodes.standardError, rounds.standardError);
  near(nodes.degrees, rounds.degrees);
  assert.equal(nodes.nodes, 4);
});

test("over equal rounds, the interval is Student's t over the nodes' mean ratios", () => {
  // Means of the nodes' ratios: 0.10, 0.16, 0.07.
  const logs = { n1: [0.08, 0.12], n2: [0.17, 0.15], n3: [0.05, 0.09] };
  const a = cell({ n1: [1, 2], n2: [3, 3], n3: [2, 1] });
  const b = a.map((one): TrialSamples => {
    const log = logs[one.node as keyof typeof logs][one.round - 1];
    return { ...one, sorted: one.sorted.map((ns) => ns * Math.exp(log)) };
  });
  const [of, against] = byNode([a, b]);
  const [ratio] = ratiosWithin([{ a: of, b: against, kernel: "k" }]);
  near(ratio.logRatio, 0.11);
  assert.deepEqual([ratio.degrees, ratio.trials, ratio.nodes], [2, [6, 6], 3]);
  // s² of the means is 0.0021; t(0.975, 2) = 4.30265.
  const [low, high] = intervalOf(ratio, 0.95);
  near(Math.log(high / low) / 2, 4.30265 * Math.sqrt(0.0021 / 3), 1e-5);
});

test("many rounds on two nodes say no more about other nodes than two do", () => {
  const rounds = Array.from({ length: 50 }, (_, i) => 1 + 0.001 * (i % 3));
  const a = cell({ n1: rounds, n2: rounds });
  const b = cell({ n1: rounds.map((ns) => 1.02 * ns), n2: rounds.map((ns) => 1.3 * ns) });
  const [of, against] = byNode([a, b]);
  const [ratio] = ratiosWithin([{ a: of, b: against, kernel: "k" }]);
  assert.equal(ratio.degrees, 1);
  const [low, high] = intervalOf(ratio, 0.95);
  assert.ok(low < 1 && high > 1.3);
});

test("nodes that share no cell are groups of their own", () => {
  const cells = [
    cell({ a1: [1, 1], a2: [2, 2] }),
    cell({ a1: [1, 1], a2: [2, 2] }),
    cell({ b1: [1, 1], b2: [3, 3] }),
    cell({ c1: [1, 1] }),
  ];
  const folded = foldNodes(cells)!;
  assert.deepEqual([...folded.groups], [["a1", 0], ["a2", 0], ["b1", 1], ["b2", 1], ["c1", 2]]);
  assert.equal(folded.cells[3], cells[3], "a node without others keeps its rounds");
});
