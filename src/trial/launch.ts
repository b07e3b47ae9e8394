import type { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { z } from "zod";
import { messageOf } from "../base/errors.ts";
import { type Instruction, Message, type Request } from "../format/protocol.ts";
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
  fail(reason: string): void;
}

export type Outcome =
  | { readonly ended: "done" }
  | { readonly ended: "failed"; readonly reason: string }
  | { readonly ended: "aborted" };

/**
 * Runs one process to its end and passes on each message as it arrives. Never throws: a child that
 * dies, hangs, floods its output or speaks nonsense is an outcome, with the reason.
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
    let lastStage = "start";
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
    const fail = (reason: string): void => end({ ended: "failed", reason });
    const live: LiveChild = {
      tell: (instruction) => {
        if (!outcome) child.stdin.write(JSON.stringify(instruction) + "\n");
      },
      fail,
    };

    const timer = setTimeout(
      () => fail(`timed out after ${(options.timeoutMs / 1000).toFixed(1)} s, ${lastStage}`),
      options.timeoutMs,
    );
    const abort = (): void => end({ ended: "aborted" });
    options.signal?.addEventListener("abort", abort, { once: true });
    if (options.signal?.aborted) abort();

    const take = (line: string): void => {
      if (outcome || line.trim() === "") return;
      const message = parseLine(line);
      if (!message.success) {
        return fail(`spoke nonsense, ${lastStage}: ${message.reason}`);
      }
      if (message.value.type === "failed") {
        return fail(`${message.value.stage}: ${message.value.reason}`);
      }
      lastStage = `after "${message.value.type}"`;
      options.onMessage?.(message.value, live);
      if (LAST_MESSAGES.includes(message.value.type)) end({ ended: "done" });
    };

    child.stdout.setEncoding("utf8");
    child.stdout.on("data", (chunk: string) => {
      bytes += chunk.length;
      if (bytes > MAX_OUTPUT_BYTES) {
        rest = "";
        return fail(`wrote more than ${MAX_OUTPUT_BYTES / 2 ** 20} MiB to standard output`);
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
      fail(`cannot start ${command}: ${messageOf(error)}`);
      finish();
    });
    child.on("close", (code, signal) => {
      // Ctrl-C on a terminal reaches every process of the group, this one before it could ignore it.
      if (signal === "SIGINT") end({ ended: "aborted" });
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      fail(`its process ended early (${how}), ${lastStage}${lastWords(errorText)}`);
      finish();
    });
    child.stdin.write(JSON.stringify(options.request) + "\n");

    const finish = (): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", abort);
      resolve(outcome ?? { ended: "failed", reason: "ended without an outcome" });
    };
  });
}

function parseLine(
  line: string,
): { success: true; value: z.infer<typeof Message> } | { success: false; reason: string } {
  const quoted = JSON.stringify(line.length > 120 ? line.slice(0, 120) + "…" : line);
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return { success: false, reason: `${quoted} is not JSON` };
  }
  const parsed = Message.safeParse(json);
  if (parsed.success) return { success: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  return {
    success: false,
    reason: `${quoted} is no message (${issue.path.join(".") || "type"}: ${issue.message})`,
  };
}

/** The last lines of standard error, on one line. */
function lastWords(text: string): string {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return lines.length === 0 ? "" : `: ${lines.slice(-3).join(" / ")}`;
}
