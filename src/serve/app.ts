import { type Context, Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { compareRuns } from "../compare/compare_runs.ts";
import type { NamedRun } from "../summary/noise_floor.ts";
import { traceHistory } from "../history/trace_history.ts";
import { summarise } from "../summary/summarise.ts";
import { InputError } from "../base/errors.ts";
import { comparisonPage } from "../compare/comparison_page.ts";
import { historyPage } from "../history/history_page.ts";
import { reportPage } from "../report/html.ts";
import { counted } from "../report/numbers.ts";
import { escape } from "../report/page/escape.ts";
import { pageOf } from "../report/page/page_shell.ts";
import { livePage } from "./live_view.ts";
import { runRows, runsPage } from "./runs_page.ts";
import { ALL_RUNS, OVER_TIME, reportLinks, runAddress } from "../report/page/links.ts";
import { readRun, readRunFile } from "../sweep/run_folder.ts";
import { runState } from "../sweep/run_state.ts";
import { findCommits } from "../history/commits.ts";
import { THRESHOLD } from "../format/config.ts";
import { readAll } from "../history/read_runs.ts";
import { onlyNew, sendChanges } from "./events.ts";
import { runFollower } from "./follow_run.ts";
import { knownFolder, stampOf, UnknownRun } from "./known_runs.ts";
import { runLister } from "./list_runs.ts";

/** The pages of a folder of runs. `ended` closes the streams of events; `note` prints defects. */
export function createApp(out: string, ended: AbortSignal, note: (line: string) => void): Hono {
  const app = new Hono();
  const listRuns = runLister(out);
  const pages = cachedPages(out);
  const tell = (error: Error) =>
    note(
      error instanceof InputError
        ? `warning: ${error.message}`
        : `defect of Slope: ${error.stack ?? error.message}`,
    );
  /** Sends what `look` finds as events until the page closes; a defect ends the stream with a message. */
  const stream = (context: Context, event: string, look: () => unknown): Response =>
    streamSSE(context, (to) => sendChanges(to, event, look, ended), async (error, to) => {
      tell(error);
      const text = `A defect of Slope: ${error.message}`;
      await to.writeSSE({ event: "end", data: JSON.stringify(text) });
    });

  app.use(async (context, next) => {
    // DNS rebinding: a foreign page may reach this server under a host name of its own, and must read nothing.
    const host = (context.req.header("host") ?? "").replace(/:\d+$/, "");
    if (host !== "127.0.0.1" && host !== "localhost") {
      return context.text("Forbidden: this server answers to 127.0.0.1 and localhost", 403);
    }
    await next();
    context.header("X-Content-Type-Options", "nosniff");
    context.header("Referrer-Policy", "no-referrer");
    context.header("Content-Security-Policy", "frame-ancestors 'none'");
    context.header("Cross-Origin-Resource-Policy", "same-origin");
    context.header("Cache-Control", "no-store");
  });

  app.get("/", (context) => context.html(runsPage(out, listRuns())));
  app.get("/events", (context) => stream(context, "runs", onlyNew(() => runRows(listRuns()))));
  app.get("/history", (context) => {
    const leftOut: string[] = [];
    const runs = readAll(out, { note: (line) => leftOut.push(line.replace(/^warning: /, "")) });
    const served = { links: [ALL_RUNS], leftOut };
    return context.html(historyPage(traceHistory(runs), findCommits, served));
  });
  app.get("/compare", (context) => {
    const names = context.req.queries("run") ?? [];
    if (names.length !== 2 || names[0] === names[1]) {
      const what = names.length === 2
        ? `a run with itself: "${names[0]}" is named twice`
        : `${counted(names.length, "run")}: expected two`;
      throw new InputError(`Cannot compare ${what}`, "tick two runs of the list");
    }
    const [a, b] = names.map((name) => readNamed(out, name))
      .toSorted((one, other) => startOf(one) < startOf(other) ? -1 : 1);
    const reports = [a, b].map(({ name }) => ({
      text: `Report of ${name}`,
      address: runAddress(name),
    }));
    const served = { links: [ALL_RUNS, OVER_TIME, ...reports] };
    return context.html(comparisonPage(compareRuns(a, b, THRESHOLD), served));
  });
  app.get("/runs/:name", (context) => context.html(pages(context.req.param("name"))));
  app.get("/runs/:name/live", (context) => {
    const name = context.req.param("name");
    knownFolder(out, name);
    return context.html(livePage(name));
  });
  // A missing run is an event, not an error: a page may have been opened before the run was removed.
  app.get(
    "/runs/:name/events",
    (context) => stream(context, "view", runFollower(out, context.req.param("name"))),
  );

  app.notFound((context) =>
    context.html(messagePage("Not found", `There is nothing at ${context.req.path}.`), 404)
  );
  app.onError((error, context) => {
    if (!(error instanceof InputError)) {
      tell(error);
      const text = `A defect of Slope: ${error.message}`;
      return context.html(messagePage("That went wrong", text), 500);
    }
    const { message, hint } = error;
    return error instanceof UnknownRun
      ? context.html(messagePage("Not found", message, hint), 404)
      : context.html(messagePage("That does not work", message, hint), 400);
  });
  return app;
}

function readNamed(out: string, name: string): NamedRun {
  const { run, trials } = readRun(knownFolder(out, name));
  return { name, run, trials };
}

const startOf = ({ run }: NamedRun): string => run.sessions[0].startedAt;

/** Reports are computed from the raw trials, and again when the trials change. */
function cachedPages(out: string): (name: string) => string {
  const kept = new Map<string, { key: string; html: string }>();
  return (name) => {
    const folder = knownFolder(out, name);
    const isRunning = runState(readRunFile(folder), folder) === "running";
    const key = `${stampOf(folder)} ${isRunning}`;
    const found = kept.get(name);
    if (found?.key === key) return found.html;
    const raw = readNamed(out, name);
    const summary = summarise(raw.run, raw.trials, name);
    const html = reportPage(summary, raw, reportLinks(name, isRunning));
    kept.set(name, { key, html });
    return html;
  };
}

const messagePage = (title: string, text: string, hint?: string): string =>
  pageOf({
    title,
    main: `<p>${escape(text)}</p>
${hint === undefined ? "" : `<p>What to do: ${escape(hint)}.</p>\n`}`,
    served: { links: [ALL_RUNS] },
  });
