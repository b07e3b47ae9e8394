import { ownCommand } from "../base/own_command.ts";
import type { RunFile } from "../format/plan.ts";
import { formatCount } from "../report/numbers.ts";
import { content, escape } from "../report/page/escape.ts";
import { pageOf } from "../report/page/page_shell.ts";
import { OVER_TIME, runAddress } from "../report/page/links.ts";
import type { RunState } from "../sweep/run_state.ts";

/** A row of the list. `done` is the number of trials so far; absent while it is unknown. */
export type ListedRun =
  & { readonly name: string }
  & (
    | {
      readonly state: RunState;
      readonly run: RunFile;
      readonly done?: number | undefined;
      /** Programs with a failed trial so far. */
      readonly failed?: readonly string[] | undefined;
      /** What to choose, of a finished run. */
      readonly answer?: string | undefined;
    }
    | { readonly state: "damaged"; readonly reason: string }
  );

const FACTS = [
  "answer",
  "began",
  "data set",
  "implementations",
  "sizes m",
  "trials",
  "commit",
  "host",
];
const COLUMNS = ["compare", "run", "state", ...FACTS];

export function runsPage(folder: string, runs: readonly ListedRun[]): string {
  const all = `<a href="${OVER_TIME.address}">All of them over time</a>`;
  return pageOf({
    title: "Gradient benchmarks",
    main: `<p>The runs in ${escape(folder)}. ${all}</p>
<p id="connection" role="status"></p>
<p id="problem" role="status"></p>
<form id="runs" action="/compare" autocomplete="off">
<p><button id="compare">Compare two ticked runs</button></p>
<div class="scroll" tabindex="0" role="group" aria-label="runs"><table class="runs">
<thead><tr>${COLUMNS.map((title) => `<th scope="col">${title}</th>`).join("")}</tr></thead>
<tbody>
${runRows(runs)}
</tbody>
</table></div>
</form>`,
    scripts: ["follow.js", "runs.js"].map((name) => new URL(name, import.meta.url)),
    connects: true,
    served: { links: [] },
  });
}

/** Newest first; the page recognises a row by its key. */
export function runRows(runs: readonly ListedRun[]): string {
  if (runs.length === 0) {
    return `<tr data-key=""><td colspan="${COLUMNS.length}">There is no run yet: ` +
      `<code>${ownCommand("bench")}</code> makes one.</td></tr>`;
  }
  return runs.toSorted((a, b) => startOf(a) < startOf(b) ? 1 : -1).map(row).join("\n");
}

const startOf = (one: ListedRun): string =>
  one.state === "damaged" ? "" : one.run.sessions[0].startedAt;

const MARKS = { running: "▶", interrupted: "◼", finished: "✓", damaged: "✗" } as const;

function row(one: ListedRun): string {
  const { name, state } = one;
  const address = escape(runAddress(name));
  const label = escape(name);
  const link = `<a href="${address}${state === "running" ? "/live" : ""}">${label}</a>`;
  const [tick, title, facts] = one.state === "damaged"
    ? ["", label, `<td class="reason" colspan="${FACTS.length}">${escape(one.reason)}</td>`]
    : [
      `<input type="checkbox" name="run" value="${label}" aria-label="compare ${label}">`,
      link,
      factCells(one.run, one.answer, one.done),
    ];
  const others = state === "running"
    ? ` <a href="${address}/live">follow</a> <a href="${address}">report so far</a>`
    : "";
  return `<tr data-key="${label}"><td>${tick}</td><th scope="row">${title}</th>` +
    `<td><span class="state-${state}">${MARKS[state]} ${state}</span>${others}${
      failures(one)
    }</td>` +
    `${facts}</tr>`;
}

/** The programs that failed, the first of them by name. */
function failures(one: ListedRun): string {
  const failed = one.state === "damaged" ? [] : one.failed ?? [];
  if (failed.length === 0) return "";
  const [first] = failed;
  const text = failed.length === 1 ? first : `${first} and ${failed.length - 1} more`;
  return ` <span class="problem-failed" title="${escape(failed.join(", "))}">` +
    `✗ ${escape(text)} failed</span>`;
}

function factCells(
  { plan, data, environment, sessions, trials }: RunFile,
  answer = "",
  done?: number,
): string {
  const names = escape([...plan.implementations, ...plan.peers].join(", "));
  const ends = new Set([plan.sizes[0], plan.sizes[plan.sizes.length - 1]]);
  return [
    `<span class="answer">${content(answer)}</span>`,
    timeOf(sessions[0].startedAt),
    dataText(data),
    `<span class="programs" title="${names}">${names}</span>`,
    [...ends].map(formatCount).join(" to "),
    (done === undefined ? "…" : formatCount(done)) +
    (trials === undefined ? "" : ` of ${formatCount(trials)}`),
    escape(environment.gitCommit ?? "unknown"),
    escape(environment.host),
  ].map((html) => `<td>${html}</td>`).join("");
}

/** "2026-11-23T18:40:05.123Z" → "2026-11-23 18:40 UTC", with the full time as its title. */
function timeOf(at: string): string {
  const minute = escape(`${at.slice(0, 10)} ${at.slice(11, 16)} UTC`);
  return `<time datetime="${escape(at)}" title="${escape(at)}">${minute}</time>`;
}

/** Synthetic digits carry a warning: times and accuracies say nothing about a real data set. */
function dataText({ name, synthetic }: RunFile["data"]): string {
  if (!synthetic) return escape(name);
  const full = escape(name === "synthetic" ? name : `${name} (synthetic)`);
  return `<span class="synthetic" title="made by a generator">⚠ ${full}</span>`;
}
