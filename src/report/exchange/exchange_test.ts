import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { makeRun, makeTrials } from "../../../tests/support/trials.ts";
import { summarise } from "../../summary/summarise.ts";
import type { ReportFormat } from "../report_format.ts";
import { bmfFormat, githubActionBenchmarkFormat } from "./cell_lists.ts";
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
    /^[a-z_]+\/deno\/784-16-16-10\/sigmoid\/sigmoid-quadratic\/m=1000\/B=10\/threads=1\/seed=1\/data=mnist\/epochs=3\/rate=3\/initialisation=scaled-normal$/,
  );
});

test("other data, or other training, is another benchmark; a wrong gradient is none", async () => {
  const namesOf = async (of: typeof run, change?: Parameters<typeof makeTrials>[1]) => {
    const [{ content }] = await bmfFormat.render(summarise(of, makeTrials(of, change), "run"));
    return Object.keys(JSON.parse(content));
  };
  const names = new Set(await namesOf(run));
  for (
    const other of [
      makeRun({ data: { name: "synthetic", synthetic: true } }),
      makeRun({ plan: { epochs: 5 } }),
      makeRun({ plan: { rates: [1] } }),
      makeRun({ plan: { initialisation: "uniform" } }),
    ]
  ) {
    for (const name of await namesOf(other)) assert.ok(!names.has(name), name);
  }
  const right = await namesOf(
    run,
    (trial) =>
      trial.cell.implementation === "fused_typed"
        ? { ...trial, verification: { verdict: "wrong", tolerance: 1e-12 } }
        : trial,
  );
  assert.equal(right.length, 14);
  assert.ok(right.every((name) => !name.startsWith("fused_typed")));
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

/** What is used of the language, as its documentation describes it. */
const Channel = z.strictObject({
  field: z.string(),
  type: z.enum(["quantitative", "nominal"]),
  title: z.string().nullable().optional(),
  scale: z.strictObject({ type: z.literal("log") }).optional(),
  axis: z.strictObject({ format: z.string() }).optional(),
  legend: z.strictObject({ labelLimit: z.number() }).optional(),
});
const VegaLite = z.strictObject({
  $schema: z.literal("https://vega.github.io/schema/vega-lite/v6.json"),
  title: z.string(),
  width: z.number(),
  height: z.number(),
  data: z.strictObject({
    values: z.array(z.record(z.string(), z.union([z.string(), z.number()]))),
  }),
  layer: z.array(z.strictObject({
    mark: z.strictObject({
      type: z.enum(["area", "line", "rule"]),
      point: z.boolean().optional(),
      tooltip: z.boolean().optional(),
      opacity: z.number().optional(),
    }),
    encoding: z.strictObject({
      x: Channel,
      y: Channel,
      y2: z.strictObject({ field: z.string() }).optional(),
      color: Channel,
    }),
  })),
});

test("Vega-Lite: a row for each cell, and every field that is drawn is in all of them", async () => {
  const { data: { values }, layer } = VegaLite.parse(
    await written(vegaLiteFormat, "vega-lite.json"),
  );
  assert.equal(values.length, summary.cells.length);
  const drawn = layer.flatMap(({ encoding }) =>
    Object.values(encoding).flatMap((channel) => channel?.field ?? [])
  );
  assert.deepEqual(
    new Set(drawn),
    new Set(["examples", "series", "secondsPerEpoch", "secondsPerEpochLow", "secondsPerEpochHigh"]),
  );
  for (const row of values) for (const field of drawn) assert.ok(field in row, field);
  const [{ nsPerEpoch }] = summary.cells;
  assert.equal(values[0].secondsPerEpoch, nsPerEpoch.value / 1e9);
});
