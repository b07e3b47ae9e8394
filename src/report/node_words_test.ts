import assert from "node:assert/strict";
import test from "node:test";
import { makeRun, makeTrials } from "../../tests/support/trials.ts";
import type { NodePaceSummary } from "../format/nodes.ts";
import type { Summary } from "../format/summary.ts";
import { summarise } from "../summary/summarise.ts";
import { nodeSection, nodeSentences } from "./node_words.ts";
import { terminalReport } from "./terminal_report.ts";

const RUN = makeRun({ plan: { sizes: [1000], rounds: 1 } });
const SUMMARY = summarise(RUN, makeTrials(RUN), "run");

const node = (name: string, value: number, group?: number): NodePaceSummary => ({
  node: name,
  ...(group !== undefined && { group }),
  rounds: 2,
  trials: 6,
  pace: { value, low: value / 1.02, high: value * 1.02, confidence: 0.95 },
});
const withNodes = (
  each: NodePaceSummary[],
  interaction?: { deviation: number; pValue: number },
): Summary => ({
  ...SUMMARY,
  nodes: { each, ...(interaction !== undefined && { interaction }) },
});

test("the slowest and the fastest node are named, over the mean", () => {
  assert.deepEqual(
    nodeSentences(
      withNodes([node("n1", 0.9), node("n2", 1.31), node("n3", 0.8)], {
        deviation: 0.012,
        pValue: 0.01,
      }),
    ),
    [
      "Times are those of a node of mean pace; of 3 nodes, n2 is 1.310 × slower than the mean, " +
      "and n3 is 1.250 × faster.",
      "Beyond their paces, nodes change the time of a program by 1.2 % (standard deviation); " +
      "the intervals cover that.",
    ],
  );
});

test("alike nodes are not told apart, and a run of one machine says nothing of nodes", () => {
  assert.deepEqual(nodeSentences(withNodes([node("n1", 1.004), node("n2", 1 / 1.004)])), [
    "Times are those of a node of mean pace; the 2 nodes differ by less than 1 %.",
  ]);
  const wide = [node("n1", 1.1), node("n2", 1 / 1.1)].map((one) => ({
    ...one,
    pace: { ...one.pace, low: 0.5, high: 2 },
  }));
  assert.deepEqual(nodeSentences(withNodes(wide, { deviation: 0.03, pValue: 0.2 })), [
    "Times are those of a node of mean pace; how the paces of the 2 nodes differ is within the noise.",
    "How programs compare does not visibly depend on the node.",
  ]);
  assert.deepEqual(nodeSentences(SUMMARY), []);
  assert.deepEqual(nodeSection(SUMMARY), []);
});

test("kinds of machines have a sentence and a table each", () => {
  const summary = withNodes([
    node("a1", 1.2, 0),
    node("a2", 1 / 1.2, 0),
    node("b1", 1, 1),
    node("b2", 1, 1),
  ]);
  const named = withNodes(
    summary.nodes!.each.map((one) => ({ ...one, machine: `CPU ${one.node[0]}` })),
  );
  assert.match(nodeSentences(named)[0], /of 2 nodes of CPU a, a1/);
  const [first, second] = nodeSentences(summary);
  assert.match(first, /of 2 nodes of kind 1, a1 is 1\.200 × slower/);
  assert.match(second, /the 2 nodes of kind 2 differ by less than 1 %/);
  assert.equal(nodeSection(summary).filter(({ kind }) => kind === "table").length, 2);
});

test("a single cell, or kinds of machines with one each, keep the paces of their nodes, and the report says so", () => {
  const run = makeRun({ plan: { implementations: ["naive_loop"], sizes: [1000], rounds: 4 } });
  const one = makeTrials(run, (trial) => {
    const place = trial.round % 2;
    return {
      ...trial,
      node: `n${place}`,
      samplesNs: trial.samplesNs.map((ns) => ns * (1 + place)),
    };
  });
  const kinds = [0, 1].flatMap((kind) =>
    one.map((trial) => ({
      ...trial,
      node: `${kind}${trial.node}`,
      cell: { ...trial.cell, machine: `CPU ${kind}` },
    }))
  );
  for (
    const [trials, says] of [[one, /A single cell was measured/], [kinds, /too few cells/]] as const
  ) {
    const summary = summarise(run, trials, "run");
    const page = JSON.stringify(nodeSection(summary));
    const text = terminalReport(summary, { width: 1000, color: false });
    assert.equal(summary.cells.length, new Set(trials.map(({ cell }) => cell.machine)).size);
    for (const told of [page, text]) {
      assert.match(told, says);
      assert.match(told, /keep the paces of/);
      assert.doesNotMatch(told, /node of mean pace|taken out of/);
    }
  }
});

test("of a thousand nodes the table has both ends, and says where the rest is", () => {
  const many = Array.from({ length: 1000 }, (_, i) => node(`n${i}`, 1 + i / 1000));
  const blocks = nodeSection(withNodes(many));
  const table = blocks.find((block) => block.kind === "table")!;
  assert.equal(table.rows.length, 40);
  assert.deepEqual([table.rows[0][0], table.rows[39][0]], ["n999", "n0"]);
  assert.match(JSON.stringify(blocks), /summary\.json has the 960 between/);
});

test("what two nodes leave open takes more nodes, and the report says how many", () => {
  const run = makeRun({
    plan: { implementations: ["naive_loop", "outer_product"], sizes: [1000], rounds: 6 },
  });
  const trials = makeTrials(run, (trial) => {
    const node = trial.round % 3;
    const factor = trial.cell.implementation === "outer_product" ? 2.85 + 0.1 * node : 1;
    return {
      ...trial,
      node: `n${node}`,
      samplesNs: trial.samplesNs.map((ns) => ns * factor * (1 + node)),
    };
  });
  const text = terminalReport(summarise(run, trials, "run"), { width: 80, color: false });
  assert.match(text, /About \d+ nodes with as many rounds each would tell|More nodes would tell/);
  assert.doesNotMatch(text, /--rounds/);
});
