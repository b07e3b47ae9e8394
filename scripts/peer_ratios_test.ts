import assert from "node:assert/strict";
import { test } from "node:test";
import { because, makeRun, makeTrial } from "../tests/support/trials.ts";
import type { TrialRecord } from "../src/format/trial_record.ts";
import { type Comparison, COMPARISONS, peerRatios } from "./peer_ratios.ts";

const RUN = makeRun({
  plan: {
    implementations: ["wasm_sparse", "wasm_threads"],
    peers: ["numpy_batch", "tfjs_wasm", "jax_js"],
    sizes: [1000],
    batchSizes: [10, 32],
    threads: [1, 2],
    peerThreads: [1, 2],
  },
});

/** Three rounds of a cell whose epochs take `epochNs`; rounds drift together by a factor of `drift`. */
function trials(
  implementation: string,
  epochNs: number,
  { threads = 1, batchSize = 10, drift = [1, 1, 1] } = {},
): TrialRecord[] {
  return drift.map((factor, i) =>
    makeTrial({
      cell: {
        implementation,
        threads,
        batchSize,
        precision: "float32",
        ...(implementation.startsWith("numpy") && { runtime: "python" as const }),
      },
      round: i + 1,
      samplesNs: [1, 2, 3].map(() => epochNs * factor),
      epochsPerSample: 1,
    })
  );
}

const compare = (overrides: Partial<Comparison>): Comparison[] => [{
  title: "a comparison",
  ours: "wasm_sparse",
  theirs: ["numpy_batch"],
  threads: 1,
  targets: { 10: 0.25, 32: 0.5 },
  ...overrides,
}];

test("a ratio is our time over theirs, round by round, beside its target", () => {
  const drift = [1, 5, 2];
  const [atTen] = peerRatios(
    RUN,
    [...trials("wasm_sparse", 1e6, { drift }), ...trials("numpy_batch", 5e6, { drift })],
    compare({}),
  );
  assert.equal(atTen.ratio?.value, 0.2);
  assert.ok(atTen.ratio.high! - atTen.ratio.low! < 1e-9, "a drift that both share cancels");
  assert.equal(atTen.target, 0.25);
  assert.equal(atTen.reached, true);
});

test("of several peers the fastest counts, and is named", () => {
  const [atTen] = peerRatios(
    RUN,
    [
      ...trials("wasm_sparse", 1e6),
      ...trials("tfjs_wasm", 8e6),
      ...trials("jax_js", 2e6),
    ],
    compare({ theirs: ["tfjs_wasm", "jax_js"] }),
  );
  assert.equal(atTen.fastest, "jax_js");
  assert.equal(atTen.ratio?.value, 0.5);
  assert.equal(atTen.reached, false);
});

test("both sides have the same number of threads: all cores of the machine", () => {
  const [atTen] = peerRatios(
    RUN,
    [
      ...trials("wasm_threads", 9e6, { threads: 1 }),
      ...trials("wasm_threads", 1e6, { threads: 2 }),
      ...trials("numpy_batch", 9e6, { threads: 1 }),
      ...trials("numpy_batch", 4e6, { threads: 2 }),
    ],
    compare({ ours: "wasm_threads", threads: "all" }),
  );
  assert.equal(atTen.ratio?.value, 0.25);
});

test("where a side has no figure, the reason stands in its place", () => {
  const skipped = trials("numpy_batch", 1e6).map((trial): TrialRecord => ({
    ...trial,
    status: "skipped",
    reasons: because("no NumPy"),
    samplesNs: [],
  }));
  const entries = peerRatios(RUN, [...trials("wasm_sparse", 1e6), ...skipped], compare({}));
  assert.equal(entries.length, 2);
  assert.deepEqual(entries.map(({ missing }) => missing), [
    { names: ["numpy_batch"], reasons: because("no NumPy") },
    { names: ["wasm_sparse"] },
  ]);
  assert.ok(entries.every(({ ratio }) => ratio === undefined));
});

test("every comparison has a target at B = 10", () => {
  assert.ok(COMPARISONS.every(({ targets }) => targets[10] > 0 && targets[10] < 1));
});
