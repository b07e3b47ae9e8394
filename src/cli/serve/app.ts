import { join } from "node:path";
import { type Context, Hono } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { compareRuns, type NamedRun } from "../../analysis/compare_runs.ts";
import { traceHistory } from "../../analysis/history/trace_history.ts";
import { summarise } from "../../analysis/summarise.ts";
import { InputError } from "../../base/errors.ts";
import { comparisonPage } from "../../report/comparison/page.ts";
import { historyPage } from "../../report/history/page.ts";
import { htmlFormat } from "../../report/html.ts";
import { livePage } from "../../report/page/live_page.ts";
import { messagePage } from "../../report/page/message_page.ts";
import { runsPage } from "../../report/page/runs_page.ts";
import { readRun, readRunFile, runNames } from "../../sweep/run_folder.ts";
import { runState } from "../../sweep/run_state.ts";
import { commitFinder } from "../commits.ts";
import { THRESHOLD } from "../gate.ts";
import { readAll } from "../history.ts";
import { sendRuns, sendTrials } from "./events.ts";
import { runLister, stampOf } from "./list_runs.ts";

/** The pages of a folder of runs. `ended` closes the streams of events; `note` is told of defects. */
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
  /** Events until `send` is through; where it fails, the page is told as well. */
  const stream = (context: Context, send: (to: SSEStreamingApi) => Promise<void>): Response =>
    streamSSE(context, send, async (error, to) => {
      tell(error);
      await to.writeSSE({ event: "end", data: error.message });
    });

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
  app.get("/events", (context) => stream(context, (to) => sendRuns(to, listRuns, ended)));
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
    const folder = join(out, name);
    if (runState(readRunFile(folder), folder) === "running") {
      return context.redirect(`/runs/${encodeURIComponent(name)}/live`);
    }
    return context.html(await pages(name));
  });
  app.get(
    "/runs/:name/live",
    (context) => context.html(livePage(known(out, context.req.param("name")))),
  );
  app.get("/runs/:name/events", (context) => {
    const folder = join(out, known(out, context.req.param("name")));
    return stream(context, (to) => sendTrials(to, folder, ended));
  });

  app.notFound((context) =>
    context.html(messagePage("Not found", `There is nothing at ${context.req.path}.`), 404)
  );
  app.onError((error, context) => {
    if (!(error instanceof InputError)) {
      tell(error);
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
