import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { makeRun, makeTrials } from "../../../tests/support/trials.ts";
import { summarise } from "../../analysis/summarise.ts";
import type { ReportFormat } from "../report_format.ts";
import { bmfFormat } from "./bmf.ts";
import { githubActionBenchmarkFormat } from "./github_action_benchmark.ts";
import { vegaLiteFormat } from "./vega_lite.ts";

const run = makeRun();
const summary = summarise(run, makeTrials(run), "run");

async function written(format: ReportFormat, path: string): Promise<unknown> {
  const files = await format.render(summary);
  assert.deepEqual(files.map((file) => file.path), [path]);
  return JSON.parse(files[0].content);
}

/** As the service documents it, its three rules for names too: not empty, at most 1,024 and 64 characters. */
const BencherMetricFormat = z.record(
  z.string().min(1).max(1024),
  z.record(
    z.string().min(1).max(64),
    z.strictObject({
      value: z.number(),
      lower_value: z.number().optional(),
      upper_value: z.number().optional(),
    }),
  ),
);

/** What the action reads of an entry of customSmallerIsBetter. */
const SmallerIsBetter = z.array(z.strictObject({
  name: z.string(),
  unit: z.string(),
  value: z.number(),
  range: z.string().optional(),
  extra: z.string().optional(),
}));

test("Bencher: every cell is a benchmark, its latency the time per epoch in ns with its interval", async () => {
  const benchmarks = BencherMetricFormat.parse(await written(bmfFormat, "bmf.json"));
  const names = Object.keys(benchmarks);
  assert.equal(names.length, summary.cells.length, "two cells have the same name");
  summary.cells.forEach(({ nsPerEpoch, testAccuracy }, i) => {
    const { latency, "test-accuracy": accuracy } = benchmarks[names[i]];
    assert.deepEqual(latency, {
      value: nsPerEpoch.value,
      lower_value: nsPerEpoch.low,
      upper_value: nsPerEpoch.high,
    });
    assert.equal(accuracy.value, testAccuracy);
  });
});

test("a cell has the same name in every run, whatever else the run holds", async () => {
  const [name] = Object.keys(BencherMetricFormat.parse(await written(bmfFormat, "bmf.json")));
  const alone = summarise(run, makeTrials(run).filter(({ cell }) => cell.examples === 1000), "run");
  const [{ content }] = await bmfFormat.render(alone);
  assert.equal(Object.keys(JSON.parse(content))[0], name);
  assert.match(
    name,
    /^[a-z_]+\/deno\/784-16-16-10\/sigmoid\/sigmoid-quadratic\/m=1000\/B=10\/threads=1\/seed=1$/,
  );
});

test("github-action-benchmark: a list of name, unit, value and range, smaller is better", async () => {
  const file = "github-action-benchmark.json";
  const entries = SmallerIsBetter.parse(await written(githubActionBenchmarkFormat, file));
  assert.equal(new Set(entries.map(({ name }) => name)).size, summary.cells.length);
  entries.forEach(({ unit, value, range }, i) => {
    const { nsPerEpoch } = summary.cells[i];
    assert.deepEqual([unit, value], ["ns/epoch", nsPerEpoch.value]);
    const half = Number(/^± ([\d.e+]+)$/.exec(range!)![1]);
    assert.ok(nsPerEpoch.value + half >= nsPerEpoch.high);
    assert.ok(nsPerEpoch.value - half <= nsPerEpoch.low);
  });
});

test("Vega-Lite: a row for each cell, and every field that is drawn is in all of them", async () => {
  const specification = await written(vegaLiteFormat, "vega-lite.json") as {
    $schema: string;
    data: { values: Record<string, unknown>[] };
    layer: { mark: object; encoding: Record<string, { field: string }> }[];
  };
  assert.match(specification.$schema, /^https:\/\/vega\.github\.io\/schema\/vega-lite\/v\d\.json$/);
  const { values } = specification.data;
  assert.equal(values.length, summary.cells.length);
  const drawn = specification.layer.flatMap(({ encoding }) =>
    Object.values(encoding).map(({ field }) => field)
  );
  assert.ok(drawn.includes("nsPerEpoch") && drawn.includes("nsPerEpochHigh"));
  for (const row of values) for (const field of drawn) assert.ok(field in row, field);
});
