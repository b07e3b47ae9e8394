import { spawn } from "node:child_process";
import { constants } from "node:os";
import process from "node:process";
import { closePipesAfterExit, HAS_GROUPS, signalGroup } from "../base/end_child.ts";
import { messageOf } from "../base/errors.ts";
import { known } from "../base/known.ts";
import { afterRunning } from "../base/running_time.ts";
import { modulePath } from "../base/own_files.ts";
import { Message } from "../format/protocol.ts";
import type { Request } from "../format/request.ts";
import type { Failure } from "../format/reason.ts";
import { physicalCores } from "../machine/host.ts";
import { readPeakRssBytes } from "../machine/process_memory.ts";
import { inBox } from "./box/in_box.ts";
import { endedRank, launcherWords, withoutLauncher } from "./ranks/ended_rank.ts";
import { rankedCommand, rankedEnvironment } from "./ranks/ranked_command.ts";
import { commandFor, type Permissions, type Runtime } from "./runtimes.ts";

const CHILD = modulePath("../child.ts", import.meta.url);

/** A child that writes more than this is stopped: no honest trial comes near. */
const MAX_OUTPUT_BYTES = 16 * 2 ** 20;
/** A child that has sent its last message has this time to exit, and its pipes have as long to close after it. */
const EXIT_MS = 3000;
/** The launcher of an MPI job has this time to end the ranks, which may be on other nodes; then it is killed. */
const LAUNCHER_MS = 1000;
/** How much of the end of standard error is kept to explain a failure. */
const KEPT_ERROR_CHARACTERS = 2000;

const LAST_MESSAGE: Record<Request["type"], Message["type"]> = {
  describe: "implementations",
  run: "done",
  ceilings: "ceilings",
  diagnose: "findings",
  profile: "profiled",
};
const LAST_MESSAGES = new Set(Object.values(LAST_MESSAGE));

export interface Launch {
  readonly runtime: Runtime;
  readonly permissions: Permissions;
  readonly request: Request;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  onMessage?(message: Message, child: LiveChild): void;
  /** Receives each line that the process writes to standard error. */
  readonly onLog?: ((line: string) => void) | undefined;
  /** A program that speaks the protocol, instead of Slope's own child: earlier code. */
  readonly script?: string | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/** A child that is still at work. */
export interface LiveChild {
  /** Kills it: its outcome is this failure. */
  fail(failure: Failure): void;
}

export type Outcome =
  | { readonly ended: "done"; readonly peakRssBytes?: number }
  | { readonly ended: "failed"; readonly failure: Failure }
  | { readonly ended: "aborted" };

/** Kills each child that runs. One that computes without end would not notice that this process has gone. */
const running = new Set<() => void>();
process.on("exit", () => running.forEach((kill) => kill()));

/**
 * Runs one process to its end and passes on each message as it arrives. Never throws: a child that
 * dies, hangs, floods its output or sends an invalid message is an outcome.
 */
export async function launch(options: Launch): Promise<Outcome> {
  const { runtime, script = CHILD, permissions } = options;
  const { ranked } = permissions;
  const single = commandFor(runtime, script, permissions);
  const { platform, env: variables } = process;
  const own = ranked === undefined
    ? single
    : rankedCommand(ranked, single, { platform, physicalCores: await physicalCores(), variables });
  const { before, request, environment } = await inBox(runtime, options.request, permissions);
  const [command, ...args] = [...before, own.command, ...own.args];
  const isBoxed = before.length > 0;
  const startsOthers = isBoxed || permissions.programWrites !== undefined || ranked !== undefined;
  const ownGroup = startsOthers && HAS_GROUPS;
  return await new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ["pipe", "pipe", "pipe"],
      // Its program may hang in native code, and a box whose outer process alone is killed while it starts waits for
      // it for ever: so all are killed together, as a process group.
      detached: ownGroup,
      env: {
        ...(ranked ? rankedEnvironment(ranked, environment) : environment),
        NO_COLOR: "1",
        ...options.environment,
      },
    });
    let outcome: Outcome | undefined;
    let isOver = false;
    let exitTimer: ReturnType<typeof setTimeout> | undefined;
    let rest = "";
    let bytes = 0;
    let launcherTimer: ReturnType<typeof setTimeout> | undefined;
    let lastMessage: Message["type"] | undefined;
    let rankPids: readonly number[] = [];
    let errorText = "";

    /** Fixes the outcome, if none is fixed yet, and ends the process. */
    const end = (result: Outcome): void => {
      if (outcome) return;
      outcome = result;
      if (result.ended === "done") void letGo(child.pid!);
      else kill();
    };
    const kill = (): void => {
      if (ranked === undefined) return killNow();
      child.kill("SIGTERM");
      launcherTimer ??= setTimeout(killNow, LAUNCHER_MS);
    };
    const killNow = (): void => {
      if (ownGroup) signalGroup(child, "SIGKILL");
      else child.kill("SIGKILL");
    };
    /** Lets the child exit. Until then the system knows its memory. */
    const letGo = async (pid: number): Promise<void> => {
      // Ranks tell their own: a launcher may start them on other nodes.
      const peakRssBytes = ranked ? undefined : await readPeakRssBytes(pid, isBoxed);
      if (peakRssBytes !== undefined) outcome = { ended: "done", peakRssBytes };
      child.stdin.end();
      if (!isOver) exitTimer = setTimeout(kill, EXIT_MS);
    };
    running.add(killNow);
    const fail = (failure: Failure): void => end({ ended: "failed", failure });
    const live: LiveChild = {
      fail,
    };

    const cancelTimeout = afterRunning(
      options.timeoutMs,
      () =>
        fail({ kind: "timed-out", afterNs: options.timeoutMs * 1e6, ...known({ lastMessage }) }),
    );
    const abort = (): void => end({ ended: "aborted" });
    options.signal?.addEventListener("abort", abort, { once: true });
    if (options.signal?.aborted) abort();

    const take = (line: string): void => {
      if (outcome || line.trim() === "") return;
      const parsed = parseLine(line);
      // Native code and open files reach standard output past the child's console; so do launchers.
      if ("fault" in parsed && parsed.isPrinted && (ranked || lastMessage !== undefined)) {
        if (ranked) errorText = (errorText + line + "\n").slice(-KEPT_ERROR_CHARACTERS);
        return options.onLog?.(line);
      }
      if ("fault" in parsed) return fail({ ...parsed.fault, ...known({ lastMessage }) });
      const { message } = parsed;
      if (message.type === "failed") {
        return fail({ kind: "stage-failed", stage: message.stage, message: message.message });
      }
      if (message.type === "too-large") return fail(message.reason);
      if (message.type === "fault") {
        return fail({ kind: "fault", stage: message.stage, fault: message.fault });
      }
      const isLast = message.type === LAST_MESSAGE[request.type];
      if (!isLast && LAST_MESSAGES.has(message.type)) {
        return fail({
          ...invalid(line, `it does not answer "${request.type}"`),
          ...known({ lastMessage }),
        });
      }
      lastMessage = message.type;
      if (message.type === "hello") rankPids = message.rankPids ?? [];
      options.onMessage?.(message, live);
      if (isLast) end({ ended: "done" });
    };

    child.stdout.setEncoding("utf8");
    child.stdout.on("data", (chunk: string) => {
      bytes += chunk.length;
      if (bytes > MAX_OUTPUT_BYTES) {
        rest = "";
        return fail({ kind: "too-much-output", limitBytes: MAX_OUTPUT_BYTES });
      }
      if (!chunk.includes("\n")) { // keeps the cost of a flood without line ends linear
        rest += chunk;
        return;
      }
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      lines.forEach(take);
    });
    let logged = "";
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      errorText = (errorText + chunk).slice(-KEPT_ERROR_CHARACTERS);
      if (options.onLog === undefined) return;
      const lines = (logged + chunk).split("\n");
      logged = (lines.pop() ?? "").slice(-KEPT_ERROR_CHARACTERS);
      lines.filter((line) => line.trim() !== "").forEach(options.onLog);
    });
    child.stdin.on("error", () => {}); // a child that has gone is reported by "close"
    child.on("error", (error) => {
      fail({ kind: "cannot-start", command, message: messageOf(error) });
      finish();
    });
    closePipesAfterExit(child, EXIT_MS);
    child.on("exit", () => {
      if (ownGroup) killNow(); // what its program left running
    });
    child.on("close", (code, signal) => {
      // Ctrl-C on a terminal reaches every process of the group, this one before it could ignore it.
      if (signal === "SIGINT") end({ ended: "aborted" });
      const ended = ranked && endedRank(errorText, rankPids);
      const message = ended
        ? lastWords(withoutLauncher(errorText))
        : ranked
        ? launcherWords(errorText)
        : lastWords(errorText);
      fail({
        kind: "died",
        ...(ended ?? endOf(code ?? 0, signal, isBoxed)),
        ...known({ lastMessage, message }),
      });
      finish();
    });
    child.stdin.write(JSON.stringify(request) + "\n");

    const finish = (): void => {
      isOver = true; // its number may be that of another process from now on
      running.delete(killNow);
      cancelTimeout();
      clearTimeout(exitTimer);
      clearTimeout(launcherTimer);
      options.signal?.removeEventListener("abort", abort);
      resolve(outcome!); // its last message or `fail` has fixed it by now
    };
  });
}

/** How a process ended. A box gives the signal that ended what ran in it as an exit code, as a shell does. */
function endOf(
  exitCode: number,
  signal: string | null,
  isBoxed: boolean,
): { exitCode: number } | { signal: string } {
  if (signal !== null) return { signal };
  const number = exitCode - 128;
  const inside = Object.entries(constants.signals).find(([, one]) => one === number);
  return isBoxed && inside ? { signal: inside[0] } : { exitCode };
}

type Invalid = Extract<Failure, { kind: "invalid-message" }>;

/** What it means: a message, a message that is invalid, or what a program printed. */
function parseLine(line: string): { message: Message } | { fault: Invalid; isPrinted?: true } {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return { fault: invalid(line), isPrinted: true };
  }
  if (typeof (json as { type?: unknown } | null)?.type !== "string") {
    return { fault: invalid(line, "type: missing"), isPrinted: true };
  }
  const parsed = Message.safeParse(json);
  if (parsed.success) return { message: parsed.data };
  const issue = parsed.error.issues[0];
  return { fault: invalid(line, `${issue.path.join(".") || "type"}: ${issue.message}`) };
}

const invalid = (line: string, message?: string): Invalid => ({
  kind: "invalid-message",
  line: line.length > 120 ? line.slice(0, 120) + "…" : line,
  ...(message !== undefined && { message }),
});

/** What Bun writes when native code ends its process: of use to its makers alone, but for the line with the cause. */
const CRASH_REPORT = /^=+\nBun v[^]*?\n(?<cause>panic.*)[^]*$/m;

/** The last lines of standard error, on one line; undefined where there are none. */
function lastWords(text: string): string | undefined {
  const lines = text.replace(CRASH_REPORT, "$<cause>").split("\n").map((line) => line.trim())
    .filter((line) => line !== "");
  return lines.length === 0 ? undefined : lines.slice(-3).join(" / ");
}
