import assert from "node:assert/strict";
import { test } from "node:test";
import { SUBJECTS } from "../diagnose_cell.ts";
import type { SubsetProfile } from "../../format/profile_record.ts";
import { makeTrial } from "../../../tests/support/trials.ts";
import { diagnosisText } from "../words/diagnosis_text.ts";
import { wordsOf } from "../words/finding_words.ts";
import { diagnoseScaling } from "./scaling_findings.ts";

const SIZES = [250, 750, 2250, 6700, 20_000, 60_000];
const CACHES = { l2: 2_097_152, l3: 33_554_432 };

type Costs = Record<string, (m: number) => number>;

/** Subsets whose phases cost so many ns per example, with half a per cent of deterministic noise. */
function subsets(costs: Costs, more: Partial<SubsetProfile> = {}): SubsetProfile[] {
  return SIZES.map((examples) => ({
    examples,
    batchSize: 10,
    passes: Array.from({ length: 12 }, (_, i) => {
      const noise = 1 + (i % 4 - 1.5) / 300;
      const phases = Object.fromEntries(
        Object.entries(costs).map((
          [phase, of],
        ) => [phase, { ns: noise * of(examples) * 100, marks: 0 }]),
      );
      const ns = Object.values(phases).reduce((sum, { ns }) => sum + ns, 0);
      return { plainNs: ns, plainExamples: 100, phased: { ns, examples: 100, phases, markNs: 0 } };
    }),
    ...more,
  }));
}

const record = (of: SubsetProfile[]) => ({
  schema: 1 as const,
  cell: makeTrial().cell,
  subsets: of,
  startedAt: "2026-01-01T00:00:00.000Z",
});

const diagnosed = (of: SubsetProfile[], others: Record<string, number> = {}) =>
  diagnoseScaling({
    record: record(of),
    formulations: Object.entries(others).map(([name, ns]) => ({
      name,
      summary: "another way",
      record: record(subsets({ all: () => ns }).slice(-1)),
    })),
    untimed: [],
  }, CACHES);

const ids = (of: SubsetProfile[], others: Record<string, number> = {}) =>
  diagnosed(of, others).findings.map(({ id }) => id);

test("flat costs are no finding, and neither is a cache effect in a phase", () => {
  assert.deepEqual(ids(subsets({ gather: () => 400, forward: () => 3000 })), []);
  const throughCaches = (m: number) => 400 * (m > 40_000 ? 2.5 : m > 2600 ? 1.6 : 1);
  assert.deepEqual(ids(subsets({ gather: throughCaches, forward: () => 3000 })), []);
});

test("subsets with shorter minibatches than the rest say nothing about growth", () => {
  const costs = { forward: (m: number) => m < 1000 ? 1000 : 3000 };
  assert.deepEqual(ids(subsets(costs)).slice(0, 1), ["superlinear"]);
  const shorter = subsets(costs).map((one) => one.examples < 1000 ? { ...one, batchSize: 5 } : one);
  assert.deepEqual(ids(shorter), []);
});

test("a phase of order m² is found and named, even a small one", () => {
  const { findings } = diagnosed(subsets({ gather: (m) => 100 + m / 10, forward: () => 3000 }));
  assert.deepEqual(findings.map(({ id }) => id), ["superlinear", "phase-superlinear"]);
  assert.match(wordsOf(findings[0]).fix, /^Look at "gather"/);
  assert.match(wordsOf(findings[1]).evidence, /Phase "gather" grows as m\^k with k = 1\.\d\d \[/);
  // 600 of 10,600 ns: the whole hardly grows.
  const small = diagnosed(subsets({ gather: (m) => 10 + m / 100, forward: () => 10_000 }));
  assert.deepEqual(small.findings.map(({ id }) => id), ["phase-superlinear"]);
});

test("growth that the fastest passes do not have is that of a busy machine", () => {
  const busy = subsets({ forward: (m) => 1000 + m / 10 }).map((one) => {
    const [first, ...rest] = one.passes;
    const phased = { ...first.phased!, ns: 1e5, phases: { forward: { ns: 1e5, marks: 0 } } };
    return { ...one, passes: [{ ...first, plainNs: 1e5, phased }, ...rest] };
  });
  assert.deepEqual(ids(busy), []);
});

test("without marks, only the whole is reported", () => {
  const whole = subsets({ unmarked: (m) => 1000 + m / 10 }).map(({ passes, ...rest }) => ({
    ...rest,
    passes: passes.map(({ phased: _, ...plain }) => plain),
  }));
  const { findings, growth } = diagnosed(whole);
  assert.deepEqual(findings.map(({ id }) => id), ["superlinear"]);
  assert.match(wordsOf(findings[0]).fix, /Mark phases/);
  assert.ok(Math.abs(growth.value - 7000 / 1025) < 0.05);
});

test("a step where the working set outgrows a cache is a cliff", () => {
  const cliff = (m: number) => m > 2600 ? 1500 : 1000;
  const { findings, caches } = diagnosed(subsets({ forward: cliff }));
  assert.deepEqual(findings.map(({ id }) => id), ["cache-cliff"]);
  assert.match(
    wordsOf(findings[0]).evidence,
    /1\.50 × as much at m = 6,700 as at m = 2,250.+L2 cache/,
  );
  assert.deepEqual(caches.map(({ cache }) => cache.level), ["l2", "l3"]);
});

test("a step that larger subsets do not have is a disturbance, not a cliff", () => {
  assert.deepEqual(ids(subsets({ forward: (m) => m === 6700 ? 1500 : 1000 })), []);
});

test("a step that only some rounds have is a disturbance", () => {
  // In half of the rounds the smaller subsets are nearly as slow; on average and at best they are not.
  const steps = subsets({ forward: (m) => m > 2600 ? 1300 : 1000 });
  assert.deepEqual(ids(steps), ["cache-cliff"]);
  const disturbed = steps.map((one) => ({
    ...one,
    passes: one.passes.map((pass, i) =>
      one.examples <= 2600 && i % 2 === 0 ? { ...pass, plainNs: 1.15 * pass.plainNs } : pass
    ),
  }));
  assert.deepEqual(ids(disturbed), []);
});

test("garbage collections and allocations are reported with their figures", () => {
  const allocation = {
    steps: 10,
    examples: 100,
    wallNs: 1e9,
    heapBytes: 5e6,
    collections: Array.from({ length: 20 }, () => ({ kind: "Scavenge", pauseNs: 1e7 })),
  };
  const { findings } = diagnosed(subsets({ forward: () => 1000 }, { allocation }));
  assert.deepEqual(findings.map(({ id }) => id), ["garbage-collection", "allocation"]);
  assert.match(
    wordsOf(findings[0]).evidence,
    /take 20\.0 % of the time: 20\.0 per second, the longest 10\.0 ms/,
  );
  assert.match(wordsOf(findings[1]).evidence, /allocates 50\.0 kB per example/);
});

/** Pauses in ms and the time in ms of steps on a busy machine: a program that collects 1 to 3 % of the time. */
const RECORDED = [
  {
    // one collection had to wait for a processor
    pauses:
      "0.14 0.18 0.17 0.1 0.14 0.15 0.13 0.13 4.24 0.14 0.14 0.12 0.15 0.12 0.13 0.15 0.16 0.11 " +
      "0.14 0.14 0.13 0.13 0.11 0.14 0.12 0.13 0.14 0.14 0.12",
    wallMs: 302.9,
  },
  {
    pauses:
      "0.17 0.2 0.15 0.13 0.16 0.1 0.15 0.18 0.18 0.15 0.16 0.15 0.19 0.17 0.21 0.17 0.17 0.14 " +
      "0.14 0.16 0.12 0.17 0.21 0.14 0.16 0.14 0.17 0.14 0.16",
    wallMs: 307.6,
  },
];

test("collections are reported where their share is sure, not where one of them was long", () => {
  const told = (pausesMs: readonly number[], wallMs: number) => {
    const collections = pausesMs.map((ms) => ({ kind: "Scavenge", pauseNs: ms * 1e6 }));
    const allocation = { steps: 10, examples: 100, wallNs: wallMs * 1e6, collections };
    return ids(subsets({ forward: () => 1000 }, { allocation }));
  };
  for (const { pauses, wallMs } of RECORDED) {
    const all = pauses.split(" ").map(Number);
    assert.deepEqual(told(all, wallMs), []);
    // A preemption or a compaction of the whole heap takes a fifth of this time, and happened once.
    assert.deepEqual(told([...all, 60], wallMs + 60), []);
    // The same pauses ten times as often.
    const often = Array.from({ length: 10 }, () => all).flat();
    assert.deepEqual(told(often, wallMs), ["garbage-collection"]);
  }
});

test("only faster formulations are a finding, with their speedup", () => {
  const others = { slow: 2000, little: 900, matrices: 200, best: 10 };
  const { findings, formulations } = diagnosed(subsets({ forward: () => 1000 }), others);
  const [finding] = findings;
  assert.equal(findings.length, 1);
  assert.ok(finding.id === "faster-formulation");
  assert.equal(finding.factor, 100);
  const { evidence, fix } = wordsOf(finding);
  assert.match(evidence, /^best is 100 × faster here \(another way\); matrices is 5\.00 × faster/);
  assert.doesNotMatch(evidence, /slow|little/);
  assert.match(fix, /^Start from matrices, the closest of them, or take best/);
  assert.deepEqual(formulations.map(({ name }) => name), ["best", "matrices", "little", "slow"]);
});

test("a formulation that could not be timed is listed with the reason", () => {
  const whole = record(subsets({ forward: () => 1000 }));
  const untimed = [{
    name: "outer_product",
    failure: { kind: "timed-out", afterNs: 9e9 },
  }] as const;
  const scaling = diagnoseScaling({ record: whole, formulations: [], untimed }, CACHES);
  assert.deepEqual(scaling.untimed, untimed);
  const { cell } = whole;
  const text = diagnosisText(
    { cell, examined: SUBJECTS, healthy: true, failures: [], findings: [], scaling },
    200,
    {
      explain: ["speed"],
    },
  );
  assert.match(text.join("\n"), /outer_product could not be timed: timed out after 9\.00 s/);
});
