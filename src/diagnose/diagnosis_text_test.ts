import assert from "node:assert/strict";
import { test } from "node:test";
import { makeTrial } from "../../tests/support/trials.ts";
import { diagnosisText } from "./diagnosis_text.ts";

const { cell } = makeTrial({ cell: { implementation: "a_plug_in_with_a_long_name" } });

test("a diagnosis fits the terminal, and says all that it has to say", () => {
  const finding = {
    id: "untransposed-backprop" as const,
    layers: [1, 2, 3],
    factor: 0.25,
    evidence: "the gradient of layer 1 differs from the oracle's by a factor of 4",
    meaning: "the derivative of the activation is taken of what is already an activation",
    fix: "multiply by a (1 − a), where a is the activation and not what goes into it",
  };
  for (const width of [40, 60, 80]) {
    const told = [
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
    assert.match(text, /✓ healthy: its gradient is the oracle's, the network learns, time grows/);
    assert.match(text, /✗ 1\. untransposed-backprop, layers 1, 2, 3, factor 0\.25/);
    assert.match(text, /✗ training not examined: timed out after 9\.00 s/);
    for (const said of [finding.evidence, finding.meaning, finding.fix]) {
      assert.ok(text.includes(said), said);
    }
  }
});
