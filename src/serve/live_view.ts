import type { BriefTrial, LineSoFar, ProblemSoFar, SoFar } from "./so_far.ts";
import type { RunFile } from "../format/plan.ts";
import type { RunState } from "../sweep/run_state.ts";
import { formatCount, formatDuration } from "../report/numbers.ts";
import { livePlot, swatch } from "./live_plot.ts";
import { escape } from "../report/page/escape.ts";
import { reasonsText, trialsText } from "../report/reason_words.ts";

/** All that the page of a sweep shows, ready to be put in its places: the browser is to have little to do. */
export interface LiveView {
  /** Plain text. */
  readonly state: string;
  readonly latest: string;
  /** Absent where nobody knows how many trials there will be. */
  readonly bar?: { readonly value: number; readonly max: number };
  /** What the link to the report says; absent as long as that would be empty. */
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
    latest: latest && state === "running" ? `Latest: ${latestText(latest)}` : "",
    ...(run.trials !== undefined && { bar: { value: done, max: run.trials } }),
    ...(counts.ok > 0 && { report: state === "finished" ? "The report" : "Report so far" }),
    plot: livePlot(lines, sizes) ?? "",
    head: headRow(sizes),
    rows: lines.map((line) => bodyRow(line, sizes)).join("\n"),
    problems: problems.map(problemItem).join("\n"),
  };
}

function stateText(run: RunFile, sweep: SoFar, state: RunState, done: number): string {
  const { counts, round, leftMs } = sweep;
  const { plan, trials } = run;
  if (done === 0 && state === "running") {
    return "no trial yet: the ceilings of the machine are measured, and every implementation is tried";
  }
  const told = (status: "skipped" | "failed") =>
    counts[status] > 0 ? [`${formatCount(counts[status])} ${status}`] : [];
  const rounds = plan.resolve === undefined ? `of ${plan.rounds}` : `of at most ${plan.rounds}`;
  return [
    `${formatCount(done)}${trials === undefined ? "" : ` of ${formatCount(trials)}`} ${
      (trials ?? done) === 1 ? "trial" : "trials"
    }`,
    ...(round !== undefined && state !== "finished" ? [`round ${round} ${rounds}`] : []),
    ...told("skipped"),
    ...told("failed"),
    ...(state === "running"
      ? leftMs === undefined ? [] : [`about ${timeText(leftMs)} left`]
      : state === "interrupted"
      ? ["interrupted: when it is resumed, this page goes on"]
      : ["finished"]),
  ].join(" · ");
}

function latestText({ cell, round, status, reasons = [], nsPerExample }: BriefTrial): string {
  const { implementation, copy, runtime, threads, batchSize, examples } = cell;
  return [
    copy === undefined ? implementation : `${implementation} (${copy})`,
    runtime,
    ...(threads > 1 ? [`${threads} threads`] : []),
    `B = ${formatCount(batchSize)}`,
    `m = ${formatCount(examples)}`,
    `round ${round}: `,
  ].join(" · ").trimEnd() +
    (nsPerExample === undefined
      ? ` ${status}: ${reasonsText(reasons)}`
      : ` ${formatDuration(nsPerExample)} per example`);
}

const headRow = (sizes: readonly number[]): string =>
  `<tr><th scope="col">time per example at m =</th>${
    sizes.map((m) => `<th scope="col" class="number">${formatCount(m)}</th>`).join("")
  }</tr>`;

function bodyRow({ label, series, cells }: LineSoFar, sizes: readonly number[]): string {
  const figures = sizes.map((m) => {
    const cell = cells.find(({ examples }) => examples === m);
    return `<td class="number">${
      cell === undefined
        ? "–"
        : `${formatDuration(cell.nsPerExample)} <span class="interval">${
          formatCount(cell.trials)
        } ${cell.trials === 1 ? "trial" : "trials"}</span>`
    }</td>`;
  });
  return `<tr data-key="${escape(label)}"><th scope="row">${swatch(series)} ${escape(label)}</th>${
    figures.join("")
  }</tr>`;
}

function problemItem({ status, what, sizes, problems, reasons }: ProblemSoFar): string {
  const mark = status === "failed" ? "✗" : "–";
  const where = `${what} · m = ${sizes.map((m) => formatCount(m)).join(", ")}`;
  return `<li><span class="problem-${status}">${mark} ${status}</span> ${
    escape(`${where} (${trialsText(problems)}): ${reasonsText(reasons)}`)
  }</li>`;
}

function timeText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}
