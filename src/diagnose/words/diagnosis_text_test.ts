import assert from "node:assert/strict";
import { test } from "node:test";
import { makeTrial } from "../../../tests/support/trials.ts";
import type { Finding } from "../../format/finding.ts";
import { diagnosisJson, diagnosisText } from "./diagnosis_text.ts";
import { SUBJECTS } from "../diagnose_cell.ts";
import { verdictOf } from "../verdict.ts";
import { titleOf, wordsOf } from "./finding_words.ts";
import { nextFlags } from "./next_flags.ts";

const { cell } = makeTrial({ cell: { implementation: "a_plug_in_with_a_long_name" } });

test("a diagnosis fits the terminal, and no sentence is lost", () => {
  const finding: Finding = {
    id: "scale",
    layers: [1, 2, 3],
    factor: 0.25,
    times: 0.25,
    divisor: "examples",
    longestMinibatch: 10,
  };
  for (const width of [40, 60, 80]) {
    const told: string[] = [
      ...diagnosisText(
        { cell, examined: SUBJECTS, healthy: true, failures: [], findings: [] },
        width,
      ),
      ...diagnosisText(
        {
          cell,
          examined: SUBJECTS,
          healthy: false,
          failures: [{ subject: "training", failure: { kind: "timed-out", afterNs: 9e9 } }],
          findings: [finding],
        },
        width,
        { explain: ["evidence"] },
      ),
    ];
    for (const line of told) assert.ok(line.length <= width, `${width}: ${line}`);
    const text = told.join(" ").replaceAll(/\s+/g, " ");
    assert.match(
      text,
      /✓ HEALTHY: the gradient is right, the network learns, and time is proportional to m/,
    );
    assert.match(text, /✗ RIGHT UP TO A CONSTANT/);
    // The verdict first, then what could not be examined, then what the program is.
    const places = ["✗ RIGHT UP TO", "✗ training not examined", "a_plug_in"].map((one) =>
      text.indexOf(one, text.indexOf("✗ RIGHT UP TO"))
    );
    assert.deepEqual(places, places.toSorted((a, b) => a - b));
    assert.ok(text.startsWith("✓ HEALTHY"), text);
    assert.match(text, /✗ 1\. scale, layers 1, 2, 3, factor 0\.25/);
    assert.match(text, /✗ training not examined: timed out after 9\.00 s/);
    for (const said of Object.values(wordsOf(finding))) assert.ok(text.includes(said), said);
  }
});

test("a diagnosis with many problems has at most 25 lines of 80 columns, and what to run next", () => {
  const rate = {
    layers: [],
    factor: 0.3,
    rate: 0.003,
    bestRate: 3,
    advisedRate: 3,
    updates: 200,
    plannedUpdates: 30,
    startLoss: 1.5,
    loss: 0.9,
    bestLoss: 0.1,
    gain: { updates: 200, before: 0.1, after: 0.8 },
  };
  const mistake: Finding = {
    id: "error-for-delta",
    layers: [1, 2],
    found: "δ₁ = (W₂ᵀ e₂) ∘ a₁(1 − a₁)",
    right: "δ₁ = (W₂ᵀ δ₂) ∘ a₁(1 − a₁)",
  };
  const few: Finding = {
    id: "too-few-updates",
    layers: [],
    epochs: 1,
    batchSize: 1000,
    plannedUpdates: 60,
    rate: 3,
    updates: 60,
    accuracy: 0.2,
    smaller: { batchSize: 10, rate: 3, updates: 6000, accuracy: 0.9 },
  };
  const findings: Finding[] = [
    mistake,
    { ...mistake, id: "wrong-slope", form: "a" },
    { id: "rate-too-small", ...rate, neededUpdates: 2000 },
    few,
    {
      id: "saturated-units",
      layers: [1],
      units: [{ layer: 1, saturated: 0.6, saturatedIfScaled: 0 }],
    },
    { id: "loss-flat", layers: [], startLoss: 1.5, loss: 1.5, updates: 30, plannedUpdates: 30 },
    { id: "allocation", layers: [], bytesPerExample: 9000, bufferBytesPerExample: 0 },
    { id: "faster-formulation", layers: [], factor: 12, formulations: [] },
  ];
  const next = "deno task diagnose mine --plugin mine.ts";
  const lines = diagnosisText(
    { cell, examined: SUBJECTS, healthy: false, failures: [], findings },
    80,
    { next },
  );
  assert.ok(lines.length <= 25, `${lines.length} lines`);
  const text = lines.join("\n");
  assert.match(text, /^✗ WRONG GRADIENT · TRAINING NEEDS A CHANGE$/m);
  assert.match(
    text,
    /✗ 1\. error-for-delta, layers 1, 2\n +found: δ₁ = .+\n[^]*cause: .+\n[^]*fix: /,
  );
  assert.match(text, /^✗ and .*loss-flat/m);
  assert.match(text, /^next: deno task diagnose mine --plugin mine\.ts$/m);
  assert.match(text, /^→ speed: faster-formulation, factor 12 \(--explain speed\)$/m);
  assert.match(text, /^→ memory: allocation \(--explain memory\)$/m);
  assert.equal(nextFlags(findings), "--rate 3 --initialisation scaled-normal --batch 10");
});

test("the verdict says what is right, and what is meant otherwise", () => {
  const of = (...ids: string[]) =>
    verdictOf(ids.map((id) => ({ id, layers: [] }) as unknown as Finding));
  assert.equal(of(), "right");
  assert.equal(of("loss-flat"), "right");
  assert.equal(of("pixel-map"), "right-for-another-convention");
  assert.equal(of("pixel-map", "wrong-slope"), "wrong");
  assert.equal(of("wrong-update"), "wrong-update");
  assert.equal(of("non-deterministic"), "not-reproducible");
  assert.equal(of("fails-when-large"), "right-until-large");
  assert.equal(of("fails-when-large", "pixel-map"), "right-for-another-convention");
  const activation = (form: string): Finding => ({ id: "wrong-activation", layers: [1], form });
  const slope: Finding = { id: "wrong-slope", layers: [1], form: "[z > 0]" };
  assert.equal(verdictOf([activation("leaky-0.01")]), "right-for-another-convention");
  assert.equal(verdictOf([activation("leaky-0.01"), slope]), "wrong");
  assert.equal(verdictOf([activation("minus-sigmoid")]), "wrong");
  const overflow = (broken: number): Finding => ({
    id: "overflow",
    layers: [1],
    parts: [],
    minibatches: 9,
    broken,
    enlarged: 1000,
  });
  assert.equal(verdictOf([overflow(0)]), "right-until-large");
  assert.equal(verdictOf([overflow(2)]), "wrong");
  const decay = (value: number): Finding => ({ id: "weight-decay", layers: [1], value });
  assert.equal(verdictOf([decay(0.01)]), "right-for-another-convention");
  assert.equal(verdictOf([decay(-0.01)]), "wrong");
});

test("a fault of the biases alone is told of them alone, and mended there", () => {
  const parts = [1, 2].map((layer) => ({ kind: "biases" as const, layer }));
  const summed: Finding = {
    id: "scale",
    layers: [1, 2],
    factor: 10,
    times: 1,
    divisor: "nothing",
    longestMinibatch: 10,
    parts,
  };
  const told = wordsOf(summed, "python");
  assert.match(told.meaning, /^The biases alone have a sum in place of the mean/);
  assert.doesNotMatch(told.fix, /dW/);
  const climbing = wordsOf({ id: "sign-reversed", layers: [1, 2], parts }, "python");
  assert.equal(
    climbing.meaning,
    "Each step of the biases, and of them alone, climbs the loss instead of descending it.",
  );
  assert.match(wordsOf({ id: "sign-reversed", layers: [1, 2] }).meaning, /^Each step climbs/);
});

test("JSON has each finding as data and in words", () => {
  const finding: Finding = { id: "accumulated", layers: [], into: "own-sum" };
  const { findings } = diagnosisJson({
    cell,
    examined: SUBJECTS,
    healthy: false,
    failures: [],
    findings: [finding],
  });
  assert.deepEqual(findings, [{ ...finding, title: titleOf(finding), ...wordsOf(finding) }]);
});

test("a fix is in the program's own language", () => {
  const finding: Finding = { id: "bias-reduction", layers: [2], form: "sum-over-neurons" };
  assert.match(wordsOf(finding, "python").fix, /mean\(axis=0\)/);
  assert.match(wordsOf(finding, "typescript").fix, /db\[o\] \+= /);
});

test("a mistake that the catalogue does not have is refused", () => {
  const agreement = { minibatches: 1, fewestExamples: 1, mostExamples: 1, error: 0 };
  const unknown: Finding = { id: "no-such-mistake", layers: [], agreement };
  assert.throws(() => wordsOf(unknown), /Cannot explain finding "no-such-mistake"/);
});

test("what is seen of roundings and unequal rows are figures of their own", () => {
  const evidence = (one: Finding) => wordsOf(one).evidence;
  const rounding: Finding = { id: "rounding", layers: [], form: "somewhere", value: 2.5e-4 };
  assert.match(evidence(rounding), /differ from the oracle's by a relative 2\.5 × 10⁻⁴/);
  const weights: Finding = { id: "row-weights", layers: [], found: "g = 0.7 g₁ + 0.3 g₂" };
  assert.match(evidence(weights), /^Minibatches of at most 10 rows are sums of their rows' own/);
  assert.match(evidence({ id: "bias-ignored", layers: [1] }), /^Single rows show it/);
});
