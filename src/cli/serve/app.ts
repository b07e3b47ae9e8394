import { join } from "node:path";
import { type Context, Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { compareRuns, type NamedRun } from "../../analysis/compare_runs.ts";
import { traceHistory } from "../../analysis/history/trace_history.ts";
import { summarise } from "../../analysis/summarise.ts";
import { InputError } from "../../base/errors.ts";
import { comparisonPage } from "../../report/comparison/page.ts";
import { historyPage } from "../../report/history/page.ts";
import { htmlFormat } from "../../report/html.ts";
import { livePage } from "../../report/page/live_page.ts";
import { messagePage } from "../../report/page/message_page.ts";
import { type ListedRun, runRows, runsPage } from "../../report/page/runs_page.ts";
import { JOURNAL_FILE, readRun, readRunFile, runNames } from "../../sweep/run_folder.ts";
import { runState } from "../../sweep/run_state.ts";
import { journalTail } from "../../sweep/journal_tail.ts";
import { commitFinder } from "../commits.ts";
import { readAll } from "../history.ts";
import { runLister, stampOf } from "./list_runs.ts";
import { trialEvent } from "./trial_event.ts";

/** How often folders are looked at for something new. */
const LOOK_MS = 1000;
/** Differences below it do not count, as with `compare`. */
const THRESHOLD = 0.03;

/** The pages of a folder of runs. `ended` closes the streams of events; `note` is told of defects. */
export function createApp(out: string, ended: AbortSignal, note: (line: string) => void): Hono {
  const app = new Hono();
  const listRuns = runLister(out);
  const pages = cachedPages(out);

  app.use(async (context, next) => {
    // A page of elsewhere may name this machine by a host of its own (DNS rebinding): it is to read nothing.
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
  app.get("/events", (context) => runEvents(context, listRuns, ended));
  app.get("/history", (context) => {
    const runs = readAll(out, { note: () => {} }); // the list tells what is damaged
    return context.html(historyPage(traceHistory(runs), commitFinder()));
  });
  app.get("/compare", (context) => {
    const names = context.req.queries("run") ?? [];
    if (names.length !== 2 || names[0] === names[1]) {
      throw new InputError(
        `Cannot compare ${names.length} run${names.length === 1 ? "" : "s"}: expected two`,
        "tick two runs of the list",
      );
    }
    const [a, b] = names.map((name) => readNamed(out, name))
      .toSorted((one, other) => startOf(one) < startOf(other) ? -1 : 1);
    return context.html(comparisonPage(compareRuns(a, b, THRESHOLD)));
  });
  app.get("/runs/:name", async (context) => {
    const name = known(out, context.req.param("name"));
    if (runState(readRunFile(join(out, name))) === "running") {
      return context.redirect(`/runs/${encodeURIComponent(name)}/live`);
    }
    return context.html(await pages(name));
  });
  app.get(
    "/runs/:name/live",
    (context) => context.html(livePage(known(out, context.req.param("name")))),
  );
  app.get(
    "/runs/:name/events",
    (context) => trialEvents(context, join(out, known(out, context.req.param("name"))), ended),
  );

  app.notFound((context) =>
    context.html(messagePage("Not found", `There is nothing at ${context.req.path}.`), 404)
  );
  app.onError((error, context) => {
    if (!(error instanceof InputError)) {
      note(`defect of Slope: ${error.stack ?? error.message}`);
      return context.html(
        messagePage("That went wrong", `A defect of Slope: ${error.message}`),
        500,
      );
    }
    const isUnknown = error instanceof UnknownRun;
    return context.html(
      messagePage(isUnknown ? "Not found" : "That does not work", error.message, error.remedy),
      isUnknown ? 404 : 400,
    );
  });
  return app;
}

class UnknownRun extends InputError {}

/** A name out of an address is taken only if the folder lists it: no path leads elsewhere. */
function known(out: string, name: string): string {
  if (runNames(out).includes(name)) return name;
  throw new UnknownRun(`There is no run "${name}"`, "look at the list of runs");
}

function readNamed(out: string, given: string): NamedRun {
  const name = known(out, given);
  const { run, trials } = readRun(join(out, name));
  return { name, run, trials };
}

const startOf = ({ run }: NamedRun): string => run.sessions[0].startedAt;

/** Reports are computed from the raw trials, and again when these have changed. */
function cachedPages(out: string): (name: string) => Promise<string> {
  const kept = new Map<string, { key: string; html: string }>();
  return async (name) => {
    const key = stampOf(join(out, name));
    const found = kept.get(name);
    if (found?.key === key) return found.html;
    const raw = readNamed(out, name);
    const [{ content: html }] = await htmlFormat.render(summarise(raw.run, raw.trials, name), raw);
    kept.set(name, { key, html });
    return html;
  };
}

/** The rows of the list, whenever one is not as it was. */
function runEvents(context: Context, listRuns: () => ListedRun[], ended: AbortSignal): Response {
  return streamSSE(context, async (stream) => {
    let before = runRows(listRuns());
    while (!stream.aborted && !ended.aborted) {
      await stream.sleep(LOOK_MS);
      const rows = runRows(listRuns());
      if (rows !== before) await stream.writeSSE({ event: "runs", data: JSON.stringify(rows) });
      before = rows;
    }
  });
}

/** A run's trials, those that are there and those to come, until its sweep ends. */
function trialEvents(context: Context, folder: string, ended: AbortSignal): Response {
  return streamSSE(context, async (stream) => {
    const send = (event: string, data: unknown) =>
      stream.writeSSE({ event, data: typeof data === "string" ? data : JSON.stringify(data) });
    const newTrials = journalTail(join(folder, JOURNAL_FILE));
    let run = readRunFile(folder);
    const { startedAt } = run.sessions[run.sessions.length - 1];
    const there = newTrials();
    const alreadyDone = there.filter((trial) => trial.startedAt < startedAt).length;
    await send("run", { startedAt, alreadyDone });
    let planned: number | undefined;
    for (const trial of there) await send("trial", trialEvent(trial));
    while (!stream.aborted && !ended.aborted) {
      // How many there will be is known when the sweep has begun.
      if (run.trials !== planned) await send("planned", run.trials);
      planned = run.trials;
      const state = runState(run);
      for (const trial of newTrials()) await send("trial", trialEvent(trial));
      if (state !== "running") {
        await send("end", state);
        return;
      }
      await stream.sleep(LOOK_MS);
      run = readRunFile(folder);
    }
  });
}
