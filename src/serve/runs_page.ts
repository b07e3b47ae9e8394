import { escape } from "../report/page/escape.ts";
import { pageOf } from "../report/page/page_shell.ts";
import { OVER_TIME, runAddress } from "../report/page/links.ts";

/** A row of the list. */
export interface ListedRun {
  readonly name: string;
  readonly state: "running" | "interrupted" | "finished" | "damaged";
  /** Why a damaged run cannot be read; a damaged run has no other field. */
  readonly reason?: string;
  readonly startedAt?: string;
  readonly data?: { readonly name: string; readonly synthetic: boolean };
  readonly implementations?: readonly string[];
  readonly sizes?: string;
  readonly trials?: string;
  readonly commit?: string;
  readonly host?: string;
}

const COLUMNS = [
  "compare",
  "run",
  "state",
  "began",
  "data set",
  "implementations",
  "sizes m",
  "trials",
  "commit",
  "host",
];

export function runsPage(folder: string, runs: readonly ListedRun[]): string {
  return pageOf({
    title: "Gradient benchmarks",
    main: `<p>The runs in ${
      escape(folder)
    }. <a href="${OVER_TIME.address}">All of them over time</a></p>
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
      "<code>deno task bench</code> makes one.</td></tr>";
  }
  return runs.toSorted((a, b) => (a.startedAt ?? "") < (b.startedAt ?? "") ? 1 : -1).map(row)
    .join("\n");
}

const MARKS = { running: "▶", interrupted: "◼", finished: "✓", damaged: "✗" } as const;

function row(run: ListedRun): string {
  const { name, state } = run;
  const address = escape(runAddress(name));
  const label = escape(name);
  const tick = state === "damaged"
    ? ""
    : `<input type="checkbox" name="run" value="${label}" aria-label="compare ${label}">`;
  const link = state === "damaged"
    ? label
    : `<a href="${address}${state === "running" ? "/live" : ""}">${label}</a>`;
  const others = state === "running"
    ? ` <a href="${address}/live">follow</a> <a href="${address}">report so far</a>`
    : "";
  return `<tr data-key="${label}"><td>${tick}</td><th scope="row">${link}</th>` +
    `<td><span class="state-${state}">${MARKS[state]} ${state}</span>${others}</td>${
      factCells(run)
    }</tr>`;
}

function factCells(run: ListedRun): string {
  const { startedAt, data, implementations = [], sizes, trials, commit, host } = run;
  if (run.state === "damaged") {
    return `<td class="reason" colspan="${COLUMNS.length - 3}">${escape(run.reason ?? "")}</td>`;
  }
  const names = escape(implementations.join(", "));
  return [
    startedAt === undefined ? "" : timeOf(startedAt),
    data === undefined ? "" : dataText(data),
    `<span class="names" title="${names}">${names}</span>`,
    ...[sizes ?? "", trials ?? "", commit ?? "unknown", host ?? ""].map(escape),
  ].map((content) => `<td>${content}</td>`).join("");
}

/** "2026-11-23T18:40:05.123Z" → "2026-11-23 18:40 UTC", with the full time as its title. */
const timeOf = (at: string): string =>
  `<time datetime="${escape(at)}" title="${escape(at)}">${
    escape(`${at.slice(0, 10)} ${at.slice(11, 16)} UTC`)
  }</time>`;

/** Synthetic digits carry a warning: times and accuracies say nothing about a real data set. */
const dataText = ({ name, synthetic }: NonNullable<ListedRun["data"]>): string =>
  synthetic
    ? `<span class="synthetic" title="made by a generator">⚠ ${
      escape(name === "synthetic" ? name : `${name} (synthetic)`)
    }</span>`
    : escape(name);
