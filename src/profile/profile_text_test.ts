import assert from "node:assert/strict";
import { test } from "node:test";
import { makeTrial } from "../../tests/support/trials.ts";
import { summariseProfile } from "./profile_summary.ts";
import { formatDuration } from "../report/numbers.ts";
import { profileText } from "./profile_text.ts";

const PHASES = { unmarked: 2, accumulate: 3690, gather: 1250, forward: 3820, update: 988 };

/** A pass of 100 examples in 10 steps. */
function pass(factor: number) {
  const phases = Object.fromEntries(
    Object.entries(PHASES).map(([name, ns]) => [name, { ns: factor * ns * 100, marks: 10 }]),
  );
  const ns = Object.values(phases).reduce((sum, one) => sum + one.ns, 0);
  return {
    plainNs: ns,
    plainExamples: 100,
    phased: { ns, examples: 100, phases, markNs: 1 },
  };
}

const summary = summariseProfile({
  schema: 1,
  cell: makeTrial().cell,
  subsets: [1250, 2500, 5000, 10_000].map((examples, i) => ({
    examples,
    batchSize: 10,
    passes: Array.from({ length: 20 }, (_, k) => pass((1 + k / 1000) * (1 + i / 100))),
  })),
  startedAt: "2026-01-01T00:00:00.000Z",
});

const HOT = [
  { name: "addScalarProducts", url: "file:///x/outer_product/multiply.ts", line: 12, share: 0.347 },
  { name: "(idle)", url: "", line: 0, share: 0.001 },
];

test("a profile fits the terminal, and no m, phase or figure is lost or cut", () => {
  for (const width of [40, 60, 80, 120]) {
    const lines = profileText(summary, HOT, { width, color: false });
    for (const line of lines) assert.ok(line.length <= width, `${width}: ${line}`);
    const text = lines.join("\n");
    for (const { examples, phases } of summary.subsets) {
      assert.ok(text.includes(`m = ${String(examples).replace(/(\d{3})$/, ",$1")}`));
      for (const { nsPerExample } of phases) {
        assert.ok(text.includes(` ${formatDuration(nsPerExample.value)} `), `${width}`);
      }
    }
    // Every part of the table names the phases.
    const parts = lines.filter((line) => line.startsWith("time per example")).length;
    assert.equal(lines.filter((line) => line.startsWith("accumulate")).length, parts);
    assert.match(text, /34\.7 % {2}addScalarProducts\s+outer_product\/multiply\.ts:12/);
  }
});

test("an exponent that may be anything is not printed", () => {
  const told = (high: number) => {
    const exponents = { ...summary.exponents!, whole: { value: 1.4, low: 0.9, high } };
    const lines = profileText({ ...summary, exponents }, HOT, { width: 120, color: false });
    return lines.find((line) => line.startsWith("without marks"))!;
  };
  assert.match(told(1.8), /1\.40 \[0\.90, 1\.80\]$/);
  assert.match(told(2.8), /µs +–$/);
});

test("a function with neither name nor line says how to get the line", () => {
  const hot = [
    { name: "(anonymous)", url: "file:///x/mine.ts", line: 0, share: 0.97 },
    { name: "(anonymous)", url: "file:///x/mine.js", line: 7, share: 0.02 },
    { name: "forward", url: "file:///x/mine.ts", line: 0, share: 0.01 },
  ];
  const text = profileText(summary, hot, { width: 200, color: false }).join("\n");
  assert.match(
    text,
    /97\.0 % {2}\(anonymous\) {2}x\/mine\.ts \(--runtimes node shows the line\)\n/,
  );
  assert.match(text, /2\.0 % {2}\(anonymous\) {2}x\/mine\.js:7\n/);
  assert.match(text, /1\.0 % {2}forward {2}x\/mine\.ts(\n|$)/);
});

test("the marks are blamed only where the interval of the sum excludes the limits", () => {
  const closing = (low: number, high: number) => {
    const subsets = summary.subsets.map((one) => ({
      ...one,
      closure: {
        ratio: { value: (low + high) / 2, low, high, confidence: 0.95 },
        closes: false,
        markShare: 0.01,
      },
    }));
    return profileText({ ...summary, subsets }, [], { width: 500, color: false }).join("\n");
  };
  assert.match(closing(0.98, 1.06), /too noisy: give it more time/);
  assert.match(closing(1.02, 1.09), /too noisy: give it more time/);
  assert.match(closing(1.2, 1.22), /The marks change what they measure/);
  assert.match(closing(0.7, 0.8), /The marks change what they measure/);
});
