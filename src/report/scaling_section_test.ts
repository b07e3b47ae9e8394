import assert from "node:assert/strict";
import test from "node:test";
import { makeRun, makeTrials } from "../../tests/support/trials.ts";
import { summarise } from "../summary/summarise.ts";
import type { ScalingLaw } from "../format/laws.ts";
import type { Summary } from "../format/summary.ts";
import { fitSentences, lawName, lawSentences, scalingSection } from "./scaling_section.ts";

const run = makeRun();
const summary = summarise(run, makeTrials(run), "run");
const changed = (change: Partial<ScalingLaw>): Summary => ({
  ...summary,
  scalingLaws: [{ ...summary.scalingLaws[0], ...change }],
});

test("laws that fit equally well are all named, and the report says so", () => {
  const { laws } = summary.scalingLaws[0].growth!;
  const open = changed({ growth: { names: ["m", "m log m"], laws } });
  assert.equal(lawName(open.scalingLaws[0]), "m or m log m");
  assert.match(
    lawSentences(open).join(),
    /m or m log m for naive_loop \(these sizes fit both\)\.$/,
  );
  assert.doesNotMatch(lawSentences(summary).join(), /fit both/);
});

test("a held-out size outside its interval is reported as such", () => {
  const heldOut = { ...summary.scalingLaws[0].heldOut!, error: -0.173, isCovered: false };
  const text = fitSentences(changed({ heldOut })).join();
  assert.match(text, /\(m = 60,000\) is off by −17 %; it lies outside its 95 % interval\./);
});

test("a break is reported with the cache that overflows there, or that none of known size does", () => {
  const estimate = (value: number) => ({
    value,
    low: value - 0.1,
    high: value + 0.1,
    confidence: 0.95,
  });
  const breakpoint = {
    after: 2000,
    before: 4000,
    factor: estimate(1.42),
    pValue: 0.002,
    exponent: estimate(1),
  };
  const cache = {
    level: "l2" as const,
    bytes: 2_097_152,
    workingSetBytes: [1.7e6, 3.2e6] as [number, number],
  };
  assert.equal(
    fitSentences(changed({ breakpoint: { ...breakpoint, cache } }))[1],
    "naive_loop: between m = 2,000 and 4,000 the time per example changes by a factor of 1.42 " +
      "[1.32, 1.52], where the working set grows from 1.70 MB to 3.20 MB and overflows the L2 cache " +
      "of 2.10 MB.",
  );
  assert.match(fitSentences(changed({ breakpoint }))[1], /no cache of known size overflows\.$/);
  const faster = { ...breakpoint, factor: estimate(0.7) };
  assert.match(fitSentences(changed({ breakpoint: faster }))[1], /0\.70 \[0\.60, 0\.80\]\.$/);
});

test("laws without a comparison are shown without one", () => {
  const { series, exponent, coefficientNs, residual, sizes } = summary.scalingLaws[0];
  const alone = { ...summary, scalingLaws: [{ series, exponent, coefficientNs, residual, sizes }] };
  assert.deepEqual([...lawSentences(alone), ...fitSentences(alone)], []);
  assert.equal(scalingSection(alone).filter(({ kind }) => kind === "table").length, 1);
});
