import assert from "node:assert/strict";
import { get } from "node:http";
import { join } from "node:path";
import { hostname } from "node:os";
import process from "node:process";
import { ownIdentity } from "../../src/base/process_identity.ts";
import { type Running, startSlope } from "./cli.ts";
import { dailyRuns, writeRun } from "./runs.ts";
import { makeRun, makeTrials, type RunOverrides } from "./trials.ts";

/** Starts `serve`, by default on a free port, and returns its address. */
export async function startServer(
  out: string,
  port = 0,
): Promise<{ url: string; server: Running }> {
  const server = startSlope(["serve", "--out", out, "--port", String(port)]);
  await server.says("Ctrl-C ends it");
  const url = server.output().trim();
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
  return { url, server };
}

export async function stopServer(server: Running): Promise<void> {
  server.kill("SIGINT");
  const { code, stderr } = await server.ended;
  // Windows has no signals: it ends the process at once.
  if (process.platform !== "win32") assert.equal(code, 130, stderr);
  assert.doesNotMatch(stderr, /defect/);
}

/** Serves the runs of a folder while `body` runs. */
export async function served(out: string, body: (url: string) => Promise<void>): Promise<void> {
  const { url, server } = await startServer(out);
  try {
    await body(url);
  } finally {
    await stopServer(server);
  }
}

/** Runs named after their days: 2026-03-01 and so on. */
export async function writeDays(out: string, days: number): Promise<void> {
  for (const { name, run, trials } of dailyRuns(days)) await writeRun(join(out, name), run, trials);
}

const BEGAN = "2026-04-01T10:00:00.000Z";

/**
 * Writes a run that looks as if this process was measuring it, with the first `keep` of its 18 trials. With
 * `finishedAt` the run has ended.
 */
export async function writeGoingOn(
  folder: string,
  keep: number,
  { finishedAt, ...overrides }: RunOverrides & { finishedAt?: string } = {},
): Promise<void> {
  const run = makeRun({
    ...overrides,
    plan: { sizes: [1000, 2000], ...overrides.plan },
    environment: { host: hostname(), ...overrides.environment },
    sessions: [{
      startedAt: BEGAN,
      ...(finishedAt === undefined
        ? { process: ownIdentity() }
        : { finishedAt, ended: "complete" as const }),
    }],
  });
  const isCounted = overrides.plan?.resolve === undefined;
  const trials = makeTrials(run);
  await writeRun(
    folder,
    { ...run, ...(isCounted && { trials: trials.length }) },
    trials.slice(0, keep),
  );
}

/** Status and text of an answer; unlike fetch it can send another Host header. */
export function ask(url: string, host?: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    get(url, { headers: host === undefined ? {} : { host } }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => text += part);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    }).on("error", reject);
  });
}

/** The first event of a stream. */
export function firstEvent(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
        if (!text.includes("\n\n")) return;
        resolve(text);
        request.destroy();
      });
      response.on("end", () => reject(new Error(`The stream ended with ${text}`)));
    }).on("error", reject);
  });
}
