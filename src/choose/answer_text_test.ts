import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer, Prediction } from "../format/answer.ts";
import { answerText } from "./answer_text.ts";

const predicted = (label: string, low: number, high: number): Prediction => ({
  implementation: label,
  runtime: "deno",
  threads: 1,
  label,
  totalNs: { value: Math.sqrt(low * high), low, high, confidence: 0.9 },
  startNs: 1e6,
  nsPerEpoch: 1e6,
  basis: "measured",
  cells: 1,
});

const told = (...predictions: Prediction[]) => {
  const question = { examples: 1000, batchSize: 10, epochs: 20, layerSizes: [784, 10] };
  const answer = {
    question: { ...question, hiddenActivation: "sigmoid", outputLoss: "sigmoid-quadratic" },
    runs: ["a", "b", "c"],
    machine: { cpu: "a CPU", cores: 2 },
    predictions,
    without: [],
  } as unknown as Answer;
  return answerText(answer, { width: 80, color: false });
};

test("what is sure is chosen; what is too close or hardly known only seems fastest", () => {
  const [slow, near] = [predicted("slow", 30e6, 33e6), predicted("near", 9.5e6, 12e6)];
  const sure = told(predicted("quick", 9e6, 11e6), slow);
  assert.match(sure, /^✓ Choose quick: .* for 20 epochs\.\nThe next, slow, is predicted to take 3/);
  assert.doesNotMatch(sure, /would tell/);
  const close = told(predicted("quick", 9e6, 11e6), near, slow);
  assert.match(
    close,
    /^≈ quick seems fastest: .*\nToo close to call with near\.\nTo tell .* quick,near\.\n/,
  );
  assert.doesNotMatch(close, /rely on/);
  const unknown = told(predicted("quick", 1e6, 100e6), near, slow);
  assert.match(
    unknown,
    /^≈ quick seems .*\nToo close .*\nOf these, near is known well enough.*\nA larger --budget /,
  );
});

test("a row stands on one line of 80 columns, and signs say what it rests on", () => {
  const many = told(
    { ...predicted("wasm_sparse", 70e6, 1900e6), sameCode: ["wasm_threads"] },
    { ...predicted("native_sparse", 80e6, 2000e6), basis: "interpolated" },
    { ...predicted("outer_product", 30e9, 5000e9), basis: "extrapolated" },
  ).split("\n");
  const rows = many.slice(many.findIndex((line) => line.includes("× fastest")));
  assert.match(rows[1], /^ +wasm_sparse /);
  assert.match(rows[2], /^~ +native_sparse/);
  assert.match(rows[3], /^→ +outer_product/);
  assert.match(
    rows.slice(4, 6).join(" "),
    /~ between measured cells · → beyond .* · wasm_sparse\s+also stands for\s+wasm_threads/,
  );
});
