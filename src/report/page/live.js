"use strict";
// A sweep as it goes: each trial comes as an event and takes its place in the table and in the plot.

const { name } = document.getElementById("live").dataset;
const state = document.getElementById("state");
const bar = document.getElementById("bar");
const latest = document.getElementById("latest");
const table = document.getElementById("cells");
const plot = document.getElementById("plot");
const COLOURS = 7;
const SVG = "http://www.w3.org/2000/svg";

// Label of a series → subset size → ns per example of its trials.
const series = new Map();
const counts = { ok: 0, skipped: 0, failed: 0 };
let total;
let startedAt = Date.now();
let already = 0;
let ended;

const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

function formatNs(ns) {
  const [unit, name] = ns >= 1e9
    ? [1e9, "s"]
    : ns >= 1e6
    ? [1e6, "ms"]
    : ns >= 1e3
    ? [1e3, "µs"]
    : [1, "ns"];
  return `${Number((ns / unit).toPrecision(3))} ${name}`;
}

function formatLeft(ms) {
  const seconds = Math.round(ms / 1000);
  return seconds >= 60 ? `${Math.floor(seconds / 60)} min ${seconds % 60} s` : `${seconds} s`;
}

const count = (value) => value.toLocaleString("en-US");

function make(tag, attributes = {}, content = [], namespace) {
  const made = namespace ? document.createElementNS(namespace, tag) : document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...[content].flat());
  return made;
}

function sizes() {
  return [...new Set([...series.values()].flatMap((of) => [...of.keys()]))].sort((a, b) => a - b);
}

function showTable() {
  const all = sizes();
  const head = make("tr", {}, [
    make("th", { scope: "col" }, "time per example at m ="),
    ...all.map((m) => make("th", { scope: "col", class: "number" }, count(m))),
  ]);
  const rows = [...series].map(([label, of]) =>
    make("tr", {}, [
      make("th", { scope: "row" }, label),
      ...all.map((m) => {
        const times = of.get(m);
        return make(
          "td",
          { class: "number" },
          times
            ? [
              formatNs(median(times)),
              make(
                "span",
                { class: "interval" },
                `${times.length} ${times.length === 1 ? "trial" : "trials"}`,
              ),
            ]
            : "–",
        );
      }),
    ])
  );
  table.replaceChildren(make("thead", {}, head), make("tbody", {}, rows));
}

// Both axes logarithmic: what grows in proportion to m lies level.
function showPlot() {
  const [width, height, left, bottom, top] = [760, 300, 70, 40, 14];
  const points = [...series].flatMap(([label, of], index) =>
    [...of].map(([m, times]) => ({ label, index, m, ns: median(times) }))
  );
  if (points.length === 0) return;
  const scale = (values, from, to) => {
    const low = Math.log(Math.min(...values)) - 0.15;
    const high = Math.log(Math.max(...values)) + 0.15;
    return (value) => from + (Math.log(value) - low) / (high - low) * (to - from);
  };
  const x = scale(points.map(({ m }) => m), left, width - 10);
  const y = scale(points.map(({ ns }) => ns), height - bottom, top);
  const text = (content, attributes) =>
    make("text", { "font-size": 12, fill: "currentColor", ...attributes }, content, SVG);
  const [low, high] = [
    Math.min(...points.map(({ ns }) => ns)),
    Math.max(...points.map(({ ns }) => ns)),
  ];
  const parts = [
    text(formatNs(high), { x: left - 8, y: y(high) + 4, "text-anchor": "end" }),
    text(formatNs(low), { x: left - 8, y: y(low) + 4, "text-anchor": "end" }),
    ...sizes().map((m) =>
      text(count(m), { x: x(m), y: height - bottom + 22, "text-anchor": "middle" })
    ),
  ];
  [...series].forEach(([label, of], index) => {
    const colour = `var(--series-${index % COLOURS})`;
    const line = [...of].sort(([a], [b]) => a - b).map(([m, times]) => [x(m), y(median(times))]);
    parts.push(
      make(
        "polyline",
        { points: line.map((at) => at.join(",")).join(" "), fill: "none", stroke: colour },
        [],
        SVG,
      ),
      ...line.map(([cx, cy]) => {
        const dot = make(
          "circle",
          { cx, cy, r: 4, stroke: colour, fill: "var(--plot-page)" },
          [],
          SVG,
        );
        dot.append(make("title", {}, label, SVG));
        return dot;
      }),
    );
  });
  plot.setAttribute("viewBox", `0 0 ${width} ${height}`);
  plot.replaceChildren(...parts);
}

function showState() {
  const done = counts.ok + counts.skipped + counts.failed;
  if (total) {
    bar.max = total;
    bar.value = done;
  } else bar.removeAttribute("value");
  const here = done - already;
  const left = total && here > 0 ? (Date.now() - startedAt) / here * (total - done) : undefined;
  const problems = [
    ...(counts.skipped > 0 ? [`${counts.skipped} skipped`] : []),
    ...(counts.failed > 0 ? [`${counts.failed} failed`] : []),
  ];
  state.textContent = [
    `${count(done)}${total ? ` of ${count(total)}` : ""} trials`,
    ...problems,
    ...(ended ? [ended] : left === undefined ? [] : [`about ${formatLeft(left)} left`]),
  ].join(" · ");
}

let waiting = false;
function show() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    showState();
    showTable();
    showPlot();
  });
}

const events = new EventSource(`/runs/${encodeURIComponent(name)}/events`);
events.addEventListener("run", ({ data }) => {
  const said = JSON.parse(data);
  [startedAt, already] = [Date.parse(said.startedAt), said.alreadyDone];
  // After a broken connection all comes again.
  series.clear();
  Object.assign(counts, { ok: 0, skipped: 0, failed: 0 });
  show();
});
events.addEventListener("planned", ({ data }) => {
  total = JSON.parse(data);
  show();
});
events.addEventListener("trial", ({ data }) => {
  const trial = JSON.parse(data);
  counts[trial.status]++;
  latest.textContent = `${trial.label} · m = ${count(trial.examples)} · round ${trial.round}: ` +
    (trial.status === "ok"
      ? formatNs(trial.nsPerExample) + " per example"
      : `${trial.status}: ${trial.reason}`);
  if (trial.nsPerExample !== undefined) {
    const of = series.get(trial.label) ?? new Map();
    of.set(trial.examples, [...(of.get(trial.examples) ?? []), trial.nsPerExample]);
    series.set(trial.label, of);
  }
  show();
});
events.addEventListener("end", ({ data }) => {
  events.close();
  ended = data;
  show();
  document.getElementById("report").hidden = false;
  latest.textContent = "";
});
events.addEventListener("error", () => {
  if (events.readyState !== EventSource.CLOSED) state.textContent = "No connection: trying again";
});
