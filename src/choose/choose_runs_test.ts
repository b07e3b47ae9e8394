import assert from "node:assert/strict";
import { test } from "node:test";
import { makeRun, makeTrial, makeTrials } from "../../tests/support/trials.ts";
import { Answer, type Question } from "../format/answer.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import { answerFrom } from "./answer_question.ts";
import { answerText } from "./answer_text.ts";
import { type Asked, isAsked, lackingNames, sweepFor } from "./lacking.ts";
import { measuredPrograms } from "./measured_programs.ts";
import { questionOf } from "./question.ts";

const NAMES = ["naive_loop", "outer_product", "fused_typed"];
const ALL: Asked = { names: NAMES, runtimes: ["deno"] };
const STYLE = { width: 100, color: false };
const run = makeRun({ plan: { sizes: [1000, 4000, 16_000, 60_000], batchSizes: [10, 100] } });
const trials = makeTrials(run);
const named = { name: "a-run", run, trials };
const DATA = { features: 784, classes: 10, trainExamples: 60_000 };

const QUESTION: Question = questionOf({ epochs: 20, batchSizes: [30] }, 30_000, DATA);

test("between measured cells, a run answers with every program, the fastest first", () => {
  const answer = Answer.parse(answerFrom([named], QUESTION));
  assert.deepEqual(answer.predictions.map(({ label }) => label), NAMES.toReversed());
  assert.deepEqual(answer.runs, ["a-run"]);
  // 5 µs per example, 30,000 examples, 20 epochs: the made-up trials follow that law.
  const [{ totalNs, startNs, nsPerEpoch, basis }] = answer.predictions;
  assert.equal(basis, "interpolated");
  assert.ok(totalNs.low < 3e9 && 3e9 < totalNs.high, `${totalNs.value}`);
  assert.ok(totalNs.high / totalNs.low < 1.5);
  assert.ok(Math.abs(totalNs.value - (startNs + 20 * nsPerEpoch)) < 1);
});

test("what the run covers lacks nothing; other layers, another B or a larger m do", () => {
  const measured = measuredPrograms([named], QUESTION);
  const lacking = (question: Partial<Question>) =>
    lackingNames(measured, { ...QUESTION, ...question }, ALL);
  assert.deepEqual(lacking({}), []);
  assert.deepEqual(lacking({ layerSizes: [784, 128, 10] }), NAMES);
  assert.deepEqual(lacking({ batchSize: 1000 }), NAMES);
  assert.deepEqual(lackingNames(measured, QUESTION, { ...ALL, runtimes: ["deno", "bun"] }), NAMES);
  assert.deepEqual(
    lackingNames(measured, QUESTION, { ...ALL, names: [...NAMES, "mine"] }),
    ["mine"],
  );
  const relu = { ...QUESTION, hiddenActivation: "relu" as const };
  assert.deepEqual(lackingNames(measuredPrograms([named], relu), relu, ALL), NAMES);
});

test("the small sweep has the question's B and layers at smaller m, and then answers it", () => {
  const question = { ...QUESTION, layerSizes: [784, 128, 10], batchSize: 32 };
  const { sizes = [], layers = [], batchSizes = [] } = sweepFor(question);
  assert.deepEqual([sizes, layers, batchSizes], [[1875, 7500], [[784, 128, 10]], [32]]);
  const small = makeRun({ plan: { sizes: sizes.map(Number), layers, batchSizes } });
  const added = { name: "small", run: small, trials: makeTrials(small) };
  assert.deepEqual(lackingNames(measuredPrograms([named, added], question), question, ALL), []);
  assert.deepEqual(answerFrom([named, added], question).runs, ["a-run", "small"]);
});

test("a full batch is measured at its own m, because a smaller subset has another B", () => {
  const question = questionOf({ batchSizes: ["full"] }, 2000, DATA);
  assert.equal(question.batchSize, 2000);
  assert.deepEqual(sweepFor(question).sizes, [2000]);
});

test("a program that failed or was wrong is not chosen, not measured again, and named with its reason", () => {
  const change = (trial: TrialRecord): TrialRecord =>
    trial.cell.implementation === "fused_typed"
      ? { ...trial, status: "failed", reasons: [{ kind: "timed-out", afterNs: 6e10 }] }
      : trial.cell.implementation === "outer_product"
      ? { ...trial, verification: { verdict: "wrong", tolerance: 1e-12 } }
      : trial;
  const faulty = { name: "faulty", run, trials: makeTrials(run, change) };
  const answer = answerFrom([faulty], QUESTION);
  assert.deepEqual(answer.predictions.map(({ label }) => label), ["naive_loop"]);
  assert.deepEqual(answer.without.map(({ label }) => label), ["fused_typed"]);
  const lacking = lackingNames(measuredPrograms([faulty], QUESTION), QUESTION, ALL);
  assert.ok(!lacking.includes("fused_typed"));
  assert.match(answerText(answer, STYLE), /✗ fused_typed: timed out after 60\.0 s/);
});

test("programs that nobody asked about are left out", () => {
  const { predictions } = answerFrom([named], QUESTION, isAsked({ ...ALL, names: ["naive_loop"] }));
  assert.deepEqual(predictions.map(({ label }) => label), ["naive_loop"]);
});

test("the first line is the answer in one short sentence", () => {
  const text = answerText(answerFrom([named], QUESTION), STYLE);
  assert.match(text, /^✓ Choose fused_typed: [\d.]+ s \[[\d., ]+\] for 20 epochs\.\n/);
  assert.match(text, /naive_loop +[\d.]+ s \[[^\]]+\] +[67]\.\d+ ×/);
  assert.match(text, /m = 30,000 · B = 30 · 784-16-16-10/);
  assert.ok(!/Too close/.test(text));
});

test("the answer says how far the next is behind; at 80 columns a program is one line", () => {
  const answer = answerFrom([named], QUESTION);
  const text = answerText(answer, { width: 80, color: false });
  assert.match(
    text,
    /^✓ Choose .*\nThe next, outer_product, is predicted to take 2\.\d+ × its time\.\n/,
  );
  for (const { label } of answer.predictions) {
    assert.match(text, new RegExp(`^~ +${label} .* [\\d.]+ \\S+$`, "m"));
  }
  assert.match(text, /^~ between measured cells$/m);
  const [first, ...others] = answer.predictions;
  const mixed = { ...answer, predictions: [{ ...first, basis: "measured" as const }, ...others] };
  assert.match(answerText(mixed, STYLE), /\n +fused_typed .*\n~ +outer_product /);
});

test("programs whose intervals do not part them are too close to call", () => {
  const twins = makeTrials(run).map((trial) =>
    trial.cell.implementation === "outer_product"
      ? makeTrial({ cell: trial.cell, round: trial.round, epochNs: 5050 * trial.cell.examples })
      : trial
  );
  const answer = answerFrom([{ ...named, trials: twins }], QUESTION);
  assert.match(
    answerText(answer, STYLE),
    /^≈ \w+ seems fastest: .*\nToo close to call with \w+\.\n/,
  );
});

for (
  const [what, given, examples, expected] of [
    ["more examples than the data has", {}, 70_000, /m = 70000.*60000 examples/],
    ["minibatches larger than m", { batchSizes: [2000] }, 1000, /minibatches of 2000.*1000/],
    ["several networks", { layers: [[784, 10], [784, 16, 10]] }, 1000, /2 values of --layers/],
    ["layers without the pixels", { layers: [[100, 10]] }, 1000, /layer size 1 is 100.*784/],
  ] as const
) {
  test(`a question with ${what} is refused with a hint`, () => {
    assert.throws(
      () => questionOf(structuredClone(given) as Parameters<typeof questionOf>[0], examples, DATA),
      (error: Error & { hint?: string }) => expected.test(error.message) && !!error.hint,
    );
  });
}

test("programs that run the same code for the question are one line; at other minibatches each has its own", () => {
  const implementations = ["wasm_sparse", "wasm_threads"];
  const plan = { implementations, sizes: [1000, 4000, 16_000], batchSizes: [10, 100] };
  const threaded = { ...makeRun({ plan: { ...plan, threads: [2] } }) };
  threaded.implementations = [
    { name: "wasm_sparse", needs: [] },
    { name: "wasm_threads", needs: ["threads"], withOneThread: "wasm_sparse" },
  ];
  const trials = makeTrials(makeRun({ plan })).map(({ cell, round }) =>
    makeTrial(
      cell.implementation === "wasm_threads"
        ? { cell: { ...cell, threads: 2 }, round, threadsUsed: cell.batchSize < 96 ? 1 : 2 }
        : { cell, round },
    )
  );
  const named = { name: "threads", run: threaded, trials };
  const ask = (batchSize: number) => ({ ...QUESTION, examples: 4000, batchSize });
  const answer = answerFrom([named], ask(10));
  assert.deepEqual(answer.predictions.map(({ label, sameCode }) => [label, sameCode]), [
    ["wasm_sparse", ["wasm_threads"]],
  ]);
  const text = answerText(Answer.parse(answer), STYLE);
  assert.match(text, /^wasm_sparse also stands for wasm_threads$/m);
  assert.ok(!/Too close/.test(text));
  assert.equal(answerFrom([named], ask(100)).predictions.length, 2);
  const asked: Asked = { names: implementations, runtimes: ["deno"] };
  assert.deepEqual(lackingNames(measuredPrograms([named], ask(10)), ask(10), asked), []);
  const alone = answerFrom([named], ask(10), isAsked({ ...asked, names: ["wasm_threads"] }));
  assert.deepEqual(alone.predictions.map(({ label, sameCode }) => [label, sameCode]), [
    ["wasm_threads", undefined],
  ]);
});

test("programs without a prediction stand above the table, once for each reason", () => {
  const failing = trials.map((trial): TrialRecord =>
    trial.cell.implementation === "naive_loop" ? trial : {
      ...trial,
      status: "failed",
      samplesNs: [],
      reasons: [{ kind: "stage-failed", stage: "open", message: "no room" }],
    }
  );
  const lines = answerText(answerFrom([{ ...named, trials: failing }], QUESTION), STYLE)
    .split("\n");
  assert.match(lines[0], /^✓ Choose naive_loop: /);
  assert.ok(lines.indexOf("✗ outer_product and fused_typed: open: no room") > 0, lines.join("\n"));
  assert.ok(
    lines.findIndex((line) => line.startsWith("✗")) <
      lines.findIndex((line) => line.startsWith("Predicted total")),
  );
});
