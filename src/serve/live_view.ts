import type { BriefTrial, LineSoFar, SoFar } from "./so_far.ts";
import type { Plan, RunFile } from "../format/plan.ts";
import type { RunState } from "../sweep/run_state.ts";
import { counted, formatCount, formatDuration, formatWait } from "../report/numbers.ts";
import { livePlot, swatch } from "./live_plot.ts";
import { escape } from "../report/page/escape.ts";
import { ALL_RUNS, OVER_TIME, runAddress } from "../report/page/links.ts";
import { pageOf } from "../report/page/page_shell.ts";
import { reasonsText, trialsText, troubleTexts } from "../report/reason_words.ts";
import { programParts } from "../report/terms.ts";
import { axesOfPlan, axisParts } from "../summary/axes.ts";

/** The page of a running sweep; its events (`/runs/NAME/events`), each a `LiveView`, fill it. */
export function livePage(run: string): string {
  return pageOf({
    title: `Gradient benchmark ${run}`,
    main: `<div id="live" data-name="${escape(run)}">
<p><progress id="bar" aria-label="trials done" value="0" hidden></progress>
<span id="state" role="status"></span>
<a id="report" href="${escape(runAddress(run))}" hidden></a></p>
<p id="connection" role="status"></p>
<p id="latest"></p>
<figure id="figure" hidden><div class="drawn" id="plot" tabindex="0" role="group" aria-label="plot"></div>
<figcaption>Time per example over the number of training examples, both logarithmic: medians of the trials so far. The table shows the markers.</figcaption></figure>
<div class="scroll" tabindex="0" role="group" aria-label="cells so far"><table id="cells"><thead></thead><tbody></tbody></table></div>
<section id="troubles" hidden><h2>Skipped and failed</h2><ul id="problems"></ul></section>
</div>`,
    scripts: ["follow.js", "live.js"].map((name) => new URL(name, import.meta.url)),
    connects: true,
    served: { links: [ALL_RUNS, OVER_TIME] },
  });
}

/** Everything that the page of a sweep shows, as text and HTML, so that the browser has little to do. */
export interface LiveView {
  /** Plain text. */
  readonly state: string;
  readonly latest: string;
  /** Absent while the number of trials is unknown. */
  readonly bar?: { readonly value: number; readonly max: number };
  /** Text of the link to the report; absent while that would be empty. */
  readonly report?: string;
  /** HTML from here on. Empty before the first figure. */
  readonly plot: string;
  readonly head: string;
  readonly rows: string;
  readonly problems: string;
}

export function liveView(run: RunFile, sweep: SoFar, state: RunState): LiveView {
  const { counts, lines, problems, latest } = sweep;
  const done = counts.ok + counts.skipped + counts.failed;
  const { sizes } = run.plan;
  return {
    state: stateText(run, sweep, state, done),
    latest: latest && state === "running" ? `Latest: ${latestText(latest, run.plan)}` : "",
    ...(run.trials !== undefined && { bar: { value: done, max: run.trials } }),
    ...(counts.ok > 0 && { report: state === "finished" ? "The report" : "Report so far" }),
    plot: livePlot(lines, sizes) ?? "",
    head: headRow(sizes),
    rows: lines.map((line) => bodyRow(line, sizes)).join("\n"),
    problems: problems.map(problemItem).join("\n"),
  };
}

function stateText(run: RunFile, sweep: SoFar, state: RunState, done: number): string {
  const { counts, latest, leftMs } = sweep;
  const { plan, trials } = run;
  if (done === 0 && state === "running") {
    return "no trial yet: the ceilings of the machine are measured, and every implementation is tried";
  }
  const rounds = plan.resolve === undefined ? `of ${plan.rounds}` : `of at most ${plan.rounds}`;
  return [
    trials === undefined
      ? counted(done, "trial")
      : `${formatCount(done)} of ${counted(trials, "trial")}`,
    ...(latest && state !== "finished" ? [`round ${latest.round} ${rounds}`] : []),
    ...troubleTexts(counts),
    ...(leftMs === undefined ? [] : [`about ${formatWait(leftMs * 1e6)} left`]),
    ...(state === "interrupted"
      ? ["interrupted: this page goes on when the sweep is resumed"]
      : state === "finished"
      ? ["finished"]
      : []),
  ].join(" · ");
}

function latestText(
  { cell, round, status, reasons = [], nsPerExample }: BriefTrial,
  plan: Plan,
): string {
  const [B, m] = [cell.batchSize, cell.examples].map(formatCount);
  const parts = [...programParts(cell), ...axisParts(cell, axesOfPlan(plan))];
  const where = [...parts, `B = ${B}`, `m = ${m}`, `round ${round}`];
  const what = nsPerExample === undefined
    ? `${status}: ${reasonsText(reasons)}`
    : `${formatDuration(nsPerExample)} per example`;
  return `${where.join(" · ")}: ${what}`;
}

function headRow(sizes: readonly number[]): string {
  const heads = sizes.map((m) => `<th scope="col" class="number">${formatCount(m)}</th>`);
  return `<tr><th scope="col">time per example at m =</th>${heads.join("")}</tr>`;
}

function bodyRow({ label, look, cells }: LineSoFar, sizes: readonly number[]): string {
  const figures = sizes.map((m) => {
    const cell = cells.find(({ examples }) => examples === m);
    const text = cell ? `${formatDuration(cell.nsPerExample)} ${trialCount(cell.trials)}` : "–";
    return `<td class="number">${text}</td>`;
  });
  const name = escape(label);
  return `<tr data-key="${name}"><th scope="row">${swatch(look)} ${name}</th>` +
    `${figures.join("")}</tr>`;
}

const trialCount = (trials: number): string =>
  `<span class="interval">${counted(trials, "trial")}</span>`;

function problemItem(problem: SoFar["problems"][number]): string {
  const { status, what, examples, problems, reasons } = problem;
  const mark = status === "failed" ? "✗" : "–";
  const where = `${what} · m = ${examples.map(formatCount).join(", ")}`;
  const text = `${where} (${trialsText(problems)}): ${reasonsText(reasons)}`;
  return `<li><span class="problem-${status}">${mark} ${status}</span> ${escape(text)}</li>`;
}
