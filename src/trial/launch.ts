import type { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { messageOf } from "../base/errors.ts";
import { type Instruction, Message, type Request } from "../format/protocol.ts";
import type { Failure } from "../format/reason.ts";
import { commandFor, type Permissions, type Runtime } from "./runtimes.ts";

const CHILD = fileURLToPath(new URL("../child.ts", import.meta.url));

/** A child that writes more than this is stopped: no honest trial comes near. */
const MAX_OUTPUT_BYTES = 16 * 2 ** 20;
/** How much of standard error is kept, from its end, for the reason of a failure. */
const KEPT_ERROR_CHARACTERS = 2000;

/** Each is the end of the answer to one kind of request. */
const LAST_MESSAGES: readonly Message["type"][] = [
  "done",
  "implementations",
  "ceilings",
  "findings",
  "profiled",
];

export interface Launch {
  readonly runtime: Runtime;
  readonly permissions: Permissions;
  readonly request: Request;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  onMessage?(message: Message, child: LiveChild): void;
  /** Called when the child has said its last message and is still alive; it is let go afterwards. */
  onFinished?(pid: number): Promise<void>;
  /** A program that speaks the protocol, instead of Slope's own child: a peer, or that of a test. */
  readonly script?: string;
  /** Environment variables, beside those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A child in the middle of its work. Both do nothing once its outcome is fixed. */
export interface LiveChild {
  tell(instruction: Instruction): void;
  /** Ends it: the trial has failed for this reason. */
  fail(failure: Failure): void;
}

export type Outcome =
  | { readonly ended: "done" }
  | { readonly ended: "failed"; readonly failure: Failure }
  | { readonly ended: "aborted" };

/**
 * Runs one process to its end and passes on each message as it arrives. Never throws: a child that
 * dies, hangs, floods its output or sends an invalid message is an outcome.
 */
export function launch(options: Launch): Promise<Outcome> {
  const { command, args } = commandFor(
    options.runtime,
    options.script ?? CHILD,
    options.permissions,
  );
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1", ...options.environment },
    });
    let outcome: Outcome | undefined;
    let rest = "";
    let bytes = 0;
    let lastMessage: Message["type"] | undefined;
    const last = () => lastMessage === undefined ? {} : { lastMessage };
    let errorText = "";

    /** Fixes the outcome, if none is fixed yet, and ends the process. */
    const end = (result: Outcome): void => {
      if (outcome) return;
      outcome = result;
      if (result.ended === "done") letGo();
      else child.kill("SIGKILL");
    };
    const letGo = (): void => {
      const last = child.pid === undefined ? undefined : options.onFinished?.(child.pid);
      Promise.resolve(last).finally(() => child.stdin.end());
    };
    const fail = (failure: Failure): void => end({ ended: "failed", failure });
    const live: LiveChild = {
      tell: (instruction) => {
        if (!outcome) child.stdin.write(JSON.stringify(instruction) + "\n");
      },
      fail,
    };

    const timer = setTimeout(
      () => fail({ kind: "timed-out", afterNs: options.timeoutMs * 1e6, ...last() }),
      options.timeoutMs,
    );
    const abort = (): void => end({ ended: "aborted" });
    options.signal?.addEventListener("abort", abort, { once: true });
    if (options.signal?.aborted) abort();

    const take = (line: string): void => {
      if (outcome || line.trim() === "") return;
      const parsed = parseLine(line);
      if ("fault" in parsed) return fail({ ...parsed.fault, ...last() });
      const { message } = parsed;
      if (message.type === "failed") {
        return fail({ kind: "stage-failed", stage: message.stage, message: message.message });
      }
      lastMessage = message.type;
      options.onMessage?.(message, live);
      if (LAST_MESSAGES.includes(message.type)) end({ ended: "done" });
    };

    child.stdout.setEncoding("utf8");
    child.stdout.on("data", (chunk: string) => {
      bytes += chunk.length;
      if (bytes > MAX_OUTPUT_BYTES) {
        rest = "";
        return fail({ kind: "too-much-output", limitBytes: MAX_OUTPUT_BYTES });
      }
      if (!chunk.includes("\n")) { // keeps a flood without line ends linear
        rest += chunk;
        return;
      }
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      lines.forEach(take);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      errorText = (errorText + chunk.toString("utf8")).slice(-KEPT_ERROR_CHARACTERS);
    });
    child.stdin.on("error", () => {}); // a child that is gone already is reported below
    child.on("error", (error) => {
      fail({ kind: "cannot-start", command, message: messageOf(error) });
      finish();
    });
    child.on("close", (code, signal) => {
      // Ctrl-C on a terminal reaches every process of the group, this one before it could ignore it.
      if (signal === "SIGINT") end({ ended: "aborted" });
      const message = lastWords(errorText);
      fail({
        kind: "died",
        ...(signal === null ? { exitCode: code ?? 0 } : { signal }),
        ...last(),
        ...(message !== "" && { message }),
      });
      finish();
    });
    child.stdin.write(JSON.stringify(options.request) + "\n");

    const finish = (): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", abort);
      resolve(outcome!); // fixed by now: by its last message or by `fail`
    };
  });
}

function parseLine(
  sent: string,
): { message: Message } | { fault: Extract<Failure, { kind: "invalid-message" }> } {
  const line = sent.length > 120 ? sent.slice(0, 120) + "…" : sent;
  let json: unknown;
  try {
    json = JSON.parse(sent);
  } catch {
    return { fault: { kind: "invalid-message", line } };
  }
  const parsed = Message.safeParse(json);
  if (parsed.success) return { message: parsed.data };
  const issue = parsed.error.issues[0];
  const message = `${issue.path.join(".") || "type"}: ${issue.message}`;
  return { fault: { kind: "invalid-message", line, message } };
}

/** The last lines of standard error, on one line. */
function lastWords(text: string): string {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return lines.slice(-3).join(" / ");
}
