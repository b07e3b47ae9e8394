import { escape } from "./escape.ts";
import { pageOf } from "./page.ts";

/** What the list tells of a run. */
export interface ListedRun {
  readonly name: string;
  readonly state: "running" | "interrupted" | "finished" | "damaged";
  /** Why it cannot be read: of a damaged one, which has nothing else. */
  readonly reason?: string;
  readonly startedAt?: string;
  readonly implementations?: readonly string[];
  readonly sizes?: string;
  readonly trials?: string;
  readonly commit?: string;
  readonly host?: string;
}

/** The runs of a folder, to be opened, followed and compared. */
export function runsPage(folder: string, runs: readonly ListedRun[]): string {
  return pageOf({
    title: "Gradient benchmarks",
    main: `<p>The runs in ${escape(folder)}. <a href="/history">All of them over time</a></p>
<form id="runs" action="/compare">
<p><button id="compare">Compare two ticked runs</button></p>
<div class="scroll" tabindex="0" role="group" aria-label="runs"><table>
<thead><tr>${
      ["compare", "run", "state", "began", "implementations", "sizes m", "trials", "commit", "host"]
        .map((title) => `<th scope="col">${title}</th>`).join("")
    }</tr></thead>
<tbody>
${runRows(runs)}
</tbody>
</table></div>
</form>`,
    script: "runs.js",
    connects: true,
  });
}

/** Newest first. */
export function runRows(runs: readonly ListedRun[]): string {
  if (runs.length === 0) {
    return '<tr><td colspan="9">There is none yet: <code>deno task bench</code> makes one.</td></tr>';
  }
  return runs.toSorted((a, b) => (a.startedAt ?? "") < (b.startedAt ?? "") ? 1 : -1).map(row)
    .join("\n");
}

const MARKS = { running: "▶", interrupted: "◼", finished: "✓", damaged: "✗" } as const;

function row(run: ListedRun): string {
  const { name, state, reason } = run;
  const path = `/runs/${encodeURIComponent(name)}`;
  const cells = state === "damaged" ? [`<td colspan="6">${escape(reason ?? "")}</td>`] : [
    run.startedAt ?? "",
    (run.implementations ?? []).join(", "),
    run.sizes ?? "",
    run.trials ?? "",
    run.commit ?? "unknown",
    run.host ?? "",
  ].map((text) => `<td>${escape(text)}</td>`);
  const tick = state === "damaged"
    ? ""
    : `<input type="checkbox" name="run" value="${escape(name)}" aria-label="compare ${
      escape(name)
    }">`;
  const link = state === "damaged" ? escape(name) : `<a href="${path}">${escape(name)}</a>`;
  const live = state === "running" ? ` <a href="${path}/live">follow</a>` : "";
  return `<tr><td>${tick}</td><th scope="row">${link}${live}</th>` +
    `<td class="state-${state}">${MARKS[state]} ${state}</td>${cells.join("")}</tr>`;
}
