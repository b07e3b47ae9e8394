import assert from "node:assert/strict";
import { test } from "node:test";
import { because, makeRun, makeTrial } from "../tests/support/trials.ts";
import type { TrialRecord } from "../src/format/trial_record.ts";
import type { CellSummary } from "../src/format/summary.ts";
import { summarise } from "../src/summary/summarise.ts";
import { accuraciesOf, aimsOf } from "./peer_aims.ts";
import { type Comparison, peerRatios, runtimeCosts } from "./peer_ratios.ts";
import { PEER_SWEEPS } from "./peer_sweeps.ts";
import { peersPage } from "./peers_page.ts";

const NARROW = [784, 16, 16, 10];
const WIDE = [784, 128, 10];

const RUN = makeRun({
  plan: {
    implementations: ["wasm_sparse", "native_sparse"],
    peers: ["numpy_batch", "jax_js"],
    sizes: [1000],
    batchSizes: [10, 32],
    threads: [1, 2],
    peerThreads: [1],
  },
});

/** Three rounds of a cell whose epochs take `epochNs`; rounds drift together by a factor of `drift`. */
function trials(
  implementation: string,
  epochNs: number,
  { threads = 1, batchSize = 10, layerSizes = NARROW, drift = [1, 1, 1] } = {},
): TrialRecord[] {
  return drift.map((factor, i) =>
    makeTrial({
      cell: {
        implementation,
        threads,
        batchSize,
        layerSizes,
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
  ours: ["wasm_sparse"],
  theirs: ["numpy_batch"],
  threads: [1, 1],
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

test("the fastest of ours is compared with the fastest of theirs, and both are named", () => {
  const [atTen] = peerRatios(
    RUN,
    [
      ...trials("wasm_sparse", 3e6),
      ...trials("native_sparse", 1e6),
      ...trials("numpy_batch", 8e6),
      ...trials("jax_js", 2e6),
    ],
    compare({ ours: ["wasm_sparse", "native_sparse"], theirs: ["numpy_batch", "jax_js"] }),
  );
  assert.deepEqual(atTen.between, ["native_sparse", "jax_js"]);
  assert.equal(atTen.ratio?.value, 0.5);
  assert.equal(atTen.reached, false);
});

test("a program with all cores is compared with itself with one", () => {
  const [atTen] = peerRatios(
    RUN,
    [...trials("native_sparse", 4e6), ...trials("native_sparse", 3e6, { threads: 2 })],
    compare({ ours: ["native_sparse"], theirs: ["native_sparse"], threads: ["all", 1] }),
  );
  assert.equal(atTen.ratio?.value, 0.75);
});

test("each network has entries of its own", () => {
  const run = makeRun({ plan: { ...RUN.plan, layers: [NARROW, WIDE], batchSizes: [10] } });
  const entries = peerRatios(
    run,
    [
      ...trials("wasm_sparse", 1e6),
      ...trials("numpy_batch", 2e6),
      ...trials("wasm_sparse", 3e6, { layerSizes: WIDE }),
      ...trials("numpy_batch", 4e6, { layerSizes: WIDE }),
    ],
    compare({}),
  );
  assert.deepEqual(
    entries.map(({ layers, ratio }) => [layers, ratio?.value]),
    [[NARROW, 0.5], [WIDE, 0.75]],
  );
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

test("what a runtime costs is each program's time over the fastest one's, with one thread", () => {
  const drift = [1, 3, 2];
  const [atTen, atMore] = runtimeCosts(RUN, [
    ...trials("wasm_sparse", 3e6, { drift }),
    ...trials("native_sparse", 2e6, { drift }),
    ...trials("native_sparse", 1e6, { threads: 2, drift }),
    ...trials("numpy_batch", 8e6, { drift }),
    ...trials("numpy_batch", 5e6, { batchSize: 32 }),
  ]);
  assert.deepEqual(
    atTen.map(({ cell, ratio }) => [cell.implementation, ratio.value]),
    [["native_sparse", 1], ["wasm_sparse", 1.5], ["numpy_batch", 4]],
  );
  assert.equal(atTen[0].nsPerExample, 4000, "the median round, per example");
  assert.deepEqual(atMore.map(({ cell }) => cell.batchSize), [32]);
});

test("aims that are no ratios are judged in their own direction", () => {
  const figure = (timeTo90Ns: number, share: number) =>
    ({
      cell: { implementation: "native_sparse", threads: 1, batchSize: 10 },
      timeTo90Ns,
      roofline: { ceiling: { share } },
    }) as CellSummary;
  const reached = (figure: CellSummary) => aimsOf({ cells: [figure] }).map((aim) => aim.reached);
  assert.deepEqual(reached(figure(0.15e9, 0.5)), [true, true]);
  assert.deepEqual(reached(figure(0.16e9, 0.49)), [false, false]);
});

test("accuracies are means over the seeds, and lie apart by the greatest difference", () => {
  const cellOf = (implementation: string, seed: number, testAccuracy: number) =>
    ({ cell: { implementation, seed }, testAccuracy }) as CellSummary;
  const { accuracies, apart } = accuraciesOf({
    cells: [
      cellOf("native_sparse", 1, 0.92),
      cellOf("native_sparse", 2, 0.94),
      cellOf("wasm_sparse", 1, 0.93),
      cellOf("wasm_sparse", 2, 0.942),
    ],
  });
  assert.deepEqual(accuracies.map(({ mean }) => mean.toFixed(3)), ["0.930", "0.936"]);
  assert.equal(apart?.value.toFixed(6), "0.600000");
  assert.equal(apart?.reached, false);
});

test("the page says of every aim whether it is reached, or by how much not", () => {
  const [sweep] = PEER_SWEEPS;
  const raw = [
    ...trials("native_sparse", 1.2e6),
    ...trials("wasm_sparse", 0.905e6),
    ...trials("numpy_batch", 5e6),
  ];
  const ratios = peerRatios(RUN, raw, sweep.comparisons);
  const costs = runtimeCosts(RUN, raw);
  const page = peersPage([{ sweep, summary: summarise(RUN, raw, "a run"), ratios, costs }]);
  assert.match(
    page,
    /native_sparse \/ NumPy .* \| 0\.240 .*\(≤ 0\.12: not reached, by a factor of 2\.00\)/,
  );
  assert.match(page, /wasm_sparse \/ NumPy .* \| 0\.181 .*\(≤ 0\.18: not reached, by 0\.56 %\)/);
  assert.match(page, /wasm_sparse \/ native_sparse, .* \(≤ 1\.7: reached\)/);
  assert.match(page, /\| native_sparse \| C \| 1\.33 /);
  assert.match(page, /no figure of jax_js: not part of this run/);
});

test("every sweep has aims for its own minibatch sizes, and the sweeps share the whole budget", () => {
  for (const { plan, comparisons } of PEER_SWEEPS) {
    for (const { targets, ours, theirs } of comparisons) {
      assert.ok(Object.keys(targets).every((b) => plan.batchSizes?.includes(Number(b))));
      const programs = [...plan.implementations ?? [], ...plan.peers ?? []];
      assert.ok(theirs.every((name) => programs.includes(name)));
      assert.ok(ours.some((name) => programs.includes(name)));
    }
  }
  const shares = PEER_SWEEPS.reduce((sum, { share }) => sum + share, 0);
  assert.ok(Math.abs(shares - 1) < 1e-9);
});
