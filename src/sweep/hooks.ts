import { spawn } from "node:child_process";
import process from "node:process";
import { type Clock, monotonicNs } from "../base/clock.ts";
import { HAS_GROUPS, signalGroup } from "../base/end_child.ts";
import { InputError, messageOf } from "../base/errors.ts";
import { known } from "../base/known.ts";
import type { HookName, HookRecord } from "../format/hook.ts";
import type { Plan } from "../format/plan.ts";
import { wordsOf } from "../trial/program/kinds.ts";

type Ended = Omit<HookRecord, "hook" | "command" | "times" | "durationNs" | "lastNs">;

/** The commands of a plan that run around a sweep and its trials, and what became of them. */
export interface Hooks {
  /** Runs the command of this name, if the plan has one. Throws InputError if it fails and what follows needs it. */
  run(
    hook: HookName,
    variables: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<void>;
  /** One for each command that ran, in the order of their first times. */
  records(): HookRecord[];
}

export function hooksOf(
  { beforeRun, beforeTrial, afterRun, trialTimeoutSeconds }: Pick<
    Plan,
    "beforeRun" | "beforeTrial" | "afterRun" | "trialTimeoutSeconds"
  >,
  clock: Clock = monotonicNs,
): Hooks {
  const commands = { "before-run": beforeRun, "before-trial": beforeTrial, "after-run": afterRun };
  const records = new Map<HookName, HookRecord>();
  return {
    records: () => [...records.values()],
    async run(hook, variables, signal) {
      const command = commands[hook];
      if (command === undefined || signal?.aborted) return;
      const start = clock();
      const ended = await runCommand(command, variables, trialTimeoutSeconds * 1000, signal);
      const lastNs = clock() - start;
      const { times = 0, durationNs = 0 } = records.get(hook) ?? {};
      const record = {
        hook,
        command,
        times: times + 1,
        durationNs: durationNs + lastNs,
        lastNs,
        ...ended,
      };
      records.set(hook, record);
      if (hook === "after-run" || ended.exitCode === 0 || signal?.aborted) return;
      throw new InputError(
        `Cannot ${hook === "before-run" ? "start the run" : "run the next trial"}`,
        "try the command by itself; what was measured is kept, and `bench --resume` continues",
        { cause: record },
      );
    },
  };
}

/**
 * Runs a command without a shell, in this folder and environment. What it prints goes to standard error. What it leaves
 * running, such as a server, goes on.
 */
function runCommand(
  command: string,
  variables: Readonly<Record<string, string>>,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Ended> {
  const [program, ...args] = wordsOf(`cmd: ${command}`);
  // A group of its own: Ctrl-C must not end the command that tidies up, and a time-out ends all of its processes.
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ["ignore", process.stderr, process.stderr],
      env: { ...process.env, ...variables },
      detached: HAS_GROUPS,
    });
    const kill = (): void => signalGroup(child, "SIGKILL");
    let timedOut: true | undefined;
    const timer = setTimeout(() => {
      timedOut = true;
      kill();
    }, timeoutMs);
    signal?.addEventListener("abort", kill, { once: true });
    const end = (ended: Ended): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", kill);
      resolve(ended);
    };
    child.on("error", (error) => end({ message: messageOf(error) }));
    child.on("exit", (code, name) =>
      end(known({
        exitCode: code ?? undefined,
        signal: timedOut ? undefined : name ?? undefined,
        timedOut,
      })));
  });
}
