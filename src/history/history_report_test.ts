import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHTML } from "linkedom";
import { dailyRuns } from "../../tests/support/runs.ts";
import { traceHistory } from "./trace_history.ts";
import { formatDuration, formatRatio } from "../report/numbers.ts";
import { historyPage } from "./history_page.ts";
import { looksOf } from "../report/plots/looks.ts";
import { trendPlot } from "./trend_plot.ts";
import { historyReport } from "./history_text.ts";

const history = traceHistory(dailyRuns(10));
const commits = (from: string, to: string) => [`abc1234 all after ${from} up to ${to}`];
const PLAIN = { width: 100, color: false };

test("the terminal shows the change, both runs, the commits between, and a trend of each cell", () => {
  const text = historyReport(history, commits, PLAIN);
  assert.match(text, /^2 of 6 cells changed level over 10 runs: 2 slower\.$/m);
  assert.match(
    text,
    /^Between 2026-03-05 \(commit commit-5\) and 2026-03-06 \(commit commit-6\)$/m,
  );
  assert.match(
    text.replaceAll(/\n +/g, " "),
    /✗ fused_typed · m = 1,000: 1\.50 × its time before; the machine's yardstick took 1\.00 ×: not the machine/,
  );
  assert.match(text, /^ {2}Commit abc1234 all after commit-5 up to commit-6$/m);
  assert.match(text, /^fused_typed +1,000 +10 +\S+ ms +\S+ ms +1\.50 × {2}▁{5}╎█{5}$/m);
  assert.match(
    text,
    /^testbench · Imaginary CPU @ 2\.60GHz · 2 cores · mnist · 3 epochs$/m,
  );
});

test("no line is wider than the terminal; figures are whole or left out, and the trend stays", () => {
  const long = {
    ...history,
    trends: history.trends.map((trend) => ({
      ...trend,
      label: "wasm_threads · node · 16 threads",
    })),
  };
  const last = history.trends.map(({ points }) => formatDuration(points.at(-1)!.nsPerEpoch));
  const times = history.trends.flatMap(({ points }) =>
    [points[0], points.at(-1)!].map(({ nsPerEpoch }) => formatDuration(nsPerEpoch))
  );
  for (const told of [history, long]) {
    for (const width of [40, 50, 60, 80, 120]) {
      const lines = historyReport(told, commits, { width, color: false }).split("\n");
      for (const line of lines) {
        assert.ok(line.length <= width, `${line.length} > ${width}: ${line}`);
      }
      const rows = lines.filter((line) => /[▁▂▃▄▅▆▇█]/.test(line));
      assert.equal(rows.length, history.trends.length, `${width}`);
      rows.forEach((row, i) => {
        const { points } = history.trends[i];
        const ratio = formatRatio(points.at(-1)!.nsPerEpoch / points[0].nsPerEpoch);
        assert.ok(row.includes(ratio) || (told === long && row.includes(last[i])), row);
        for (const [time] of row.matchAll(/[\d.]+ [nµm]?s\b/g)) {
          assert.ok(times.includes(time), row);
        }
      });
    }
  }
});

test("what is too short to tell is said to be", () => {
  const text = historyReport(traceHistory(dailyRuns(3)), commits, PLAIN);
  assert.match(
    text,
    /Too few runs to look for changes: 3 runs, 6 cells\.\s+A cell must be in 6 runs\./,
  );
});

test("the page has a plot for each cell, with a point for each run and a rule at the step", () => {
  const { document } = parseHTML(historyPage(history, commits));
  const plots = [...document.querySelectorAll("figure svg")];
  assert.equal(plots.length, 6);
  for (const plot of plots) {
    const title = plot.getAttribute("aria-label") ?? "";
    const points = [...plot.querySelectorAll("g.series title")];
    assert.equal(points.length, 10, title);
    const rules = [...plot.querySelectorAll("g[stroke-dasharray] line, line[stroke-dasharray]")];
    assert.equal(rules.length, title.startsWith("fused_typed") ? 1 : 0, title);
  }
  const fused = plots.find((plot) => plot.getAttribute("aria-label") === "fused_typed · m = 2,000");
  assert.match(fused?.textContent ?? "", /1\.50 ×/);
  assert.match(
    fused?.textContent ?? "",
    /2026-03-06\n[\d.]+ ms \[[\d.]+, [\d.]+\]\ncommit commit-6/,
  );
  const changes = (document.querySelector("h3 + ul")?.textContent ?? "")
    .replaceAll("\u00a0", " ");
  assert.match(changes, /✗ slower: fused_typed · m = 1,000: 1\.50 × its time before/);
  assert.match(changes, /Commit abc1234 all after commit-5 up to commit-6/);
  const link = document.querySelector("h3 + ul a")?.getAttribute("href") ?? "";
  assert.match(
    document.querySelector(`figure${link} svg`)?.getAttribute("aria-label") ?? "",
    /^fused_typed · m = [12],000$/,
  );
});

test("where no commit can be named, it is said why", () => {
  const told = (
    commitOf: (i: number) => string | undefined,
    findCommits: (from: string, to: string) => string[] | undefined = () => undefined,
  ) => {
    const runs = dailyRuns(10).map((one, i) => {
      const { gitCommit: _, ...environment } = one.run.environment;
      const gitCommit = commitOf(i);
      return {
        ...one,
        run: { ...one.run, environment: { ...environment, ...(gitCommit && { gitCommit }) } },
      };
    });
    return historyReport(traceHistory(runs), findCommits, { width: 300, color: false });
  };
  assert.match(
    told((i) => i < 5 ? "aaaaaaa" : undefined),
    /The commits between them are unknown: 2026-03-06 did not record its commit\./,
  );
  assert.match(told(() => "aaaaaaa"), /Both ran commit aaaaaaa\./);
  assert.match(
    told((i) => i < 5 ? "aaaaaaa" : "aaaaaaa-dirty"),
    /2026-03-06 ran with uncommitted changes\./,
  );
  assert.match(
    told((i) => i < 5 ? "aaaaaaa" : "bbbbbbb"),
    /git does not know both here\. Run history in the repository/,
  );
  // The later run has older code.
  const backwards = told(
    (i) => i < 5 ? "aaaaaaa" : "bbbbbbb",
    (from) => from === "bbbbbbb" ? ["aaaaaaa made it fast"] : [],
  );
  assert.match(backwards, /Without commit aaaaaaa made it fast/);
});

test("steps near each other have their factors in two rows, and ticks have units", () => {
  const [trend] = history.trends;
  const steps = [[2, 3], [3, 4], [4, 5]].map(([before, after]) => ({
    before,
    after,
    ratio: 1.5,
    cause: "code" as const,
  }));
  const svg = trendPlot(history, { ...trend, steps }, {
    series: 0,
    look: looksOf(["naive_loop"])[0],
  });
  const labels = [...svg.matchAll(/transform="translate\(([\d.]+),([\d.]+)\)"[^>]*>1\.50 ×/g)];
  assert.equal(labels.length, 3);
  assert.match(svg, />\d+ ms</);
});

test("labels of ticks do not touch, and an interval that leaves the axis ends in an arrow", () => {
  const [trend] = history.trends;
  const points = trend.points.map((point, i) => {
    const nsPerEpoch = 1e6 * (1 + i * 8.8 / (trend.points.length - 1));
    return { ...point, nsPerEpoch, low: nsPerEpoch, high: i === 0 ? 1e12 : nsPerEpoch };
  });
  const svg = trendPlot(history, { ...trend, points, steps: [] }, {
    series: 0,
    look: looksOf(["naive_loop"])[0],
  });
  const { document } = parseHTML(svg);
  const heights = [...document.querySelectorAll('g[aria-label="y-axis tick label"] text')]
    .map((text) => Number(/,([\d.]+)\)/.exec(text.getAttribute("transform")!)![1]))
    .sort((a, b) => a - b);
  assert.ok(heights.length >= 3 && heights.length <= 9);
  heights.slice(1).forEach((y, i) => assert.ok(y - heights[i] >= 13, heights.join(" ")));
  assert.equal(document.querySelectorAll('g[aria-description="arrow"] path').length, 1);
});

test("names are escaped", () => {
  const bad = '<img src=x onerror="alert(1)">';
  const html = historyPage({
    ...history,
    runs: history.runs.map((run) => ({ ...run, run: bad, gitCommit: bad })),
    trends: history.trends.map((trend) => ({ ...trend, label: bad })),
  }, () => [bad]);
  assert.ok(!html.includes("<img"));
});
