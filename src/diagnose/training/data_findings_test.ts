import assert from "node:assert/strict";
import { test } from "node:test";
import { assertSpeaks } from "../../../tests/support/findings.ts";
import { smallDigits } from "../../../tests/support/small_digits.ts";
import { constantInputs, sortedData } from "./data_findings.ts";

const DIGITS = smallDigits(2, 400, 1, "train");

test("a file sorted by class is told, a shuffled one is not", () => {
  assert.deepEqual(sortedData(DIGITS, 10), []);
  const sorted = { ...DIGITS, labels: DIGITS.labels.slice().sort() };
  const [finding] = sortedData(sorted, 10);
  assert.ok(finding.id === "data-sorted" && finding.share > 0.7);
  assertSpeaks(finding);
  assert.deepEqual(sortedData(sorted, 1), [], "one example has one class in any order");
  assert.deepEqual(sortedData(sorted, 400), [], "there is no order in a full batch");
});

test("inputs that never vary are a fault if all are such, or if the program divides by them", () => {
  const { features } = DIGITS;
  const one = { ...DIGITS, pixels: DIGITS.pixels.map((byte, p) => p % features === 5 ? 9 : byte) };
  const before = constantInputs(DIGITS, true);
  const constant = before.length > 0 && "constant" in before[0] ? before[0].constant : 0;
  const [finding] = constantInputs(one, true);
  assert.ok(finding.id === "constant-inputs" && finding.constant === constant + 1);
  assertSpeaks(finding);
  assert.deepEqual(constantInputs(one, false), []);
  const [blank] = constantInputs({ ...DIGITS, pixels: DIGITS.pixels.map(() => 7) }, false);
  assert.ok(blank.id === "constant-inputs" && blank.constant === features);
  assertSpeaks(blank);
});
