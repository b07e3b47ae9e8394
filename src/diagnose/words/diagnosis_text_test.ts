import assert from "node:assert/strict";
import { test } from "node:test";
import { makeTrial } from "../../../tests/support/trials.ts";
import type { Finding } from "../../format/finding.ts";
import { diagnosisJson, diagnosisText } from "./diagnosis_text.ts";
import { titleOf, wordsOf } from "./finding_words.ts";

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
      ...diagnosisText({ cell, healthy: true, failures: [], findings: [] }, width),
      ...diagnosisText(
        {
          cell,
          healthy: false,
          failures: [{ subject: "training", failure: { kind: "timed-out", afterNs: 9e9 } }],
          findings: [finding],
        },
        width,
      ),
    ];
    for (const line of told) assert.ok(line.length <= width, `${width}: ${line}`);
    const text = told.join(" ").replaceAll(/\s+/g, " ");
    assert.match(
      text,
      /✓ healthy: the gradient is right, the network learns, and time is proportional to m/,
    );
    assert.match(text, /✗ 1\. scale, layers 1, 2, 3, factor 0\.25/);
    assert.match(text, /✗ training not examined: timed out after 9\.00 s/);
    for (const said of Object.values(wordsOf(finding))) assert.ok(text.includes(said), said);
  }
});

test("JSON has each finding as data and in words", () => {
  const finding: Finding = { id: "accumulated", layers: [], into: "own-sum" };
  const { findings } = diagnosisJson({ cell, healthy: false, failures: [], findings: [finding] });
  assert.deepEqual(findings, [{ ...finding, title: titleOf(finding), ...wordsOf(finding) }]);
});

test("a mistake that the catalogue does not have is refused", () => {
  const agreement = { minibatches: 1, fewestExamples: 1, mostExamples: 1, error: 0 };
  const unknown: Finding = { id: "no-such-mistake", layers: [], agreement };
  assert.throws(() => wordsOf(unknown), /Cannot explain finding "no-such-mistake"/);
});
