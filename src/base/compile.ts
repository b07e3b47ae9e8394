import { messageOf } from "./errors.ts";
import { CommandFailed, runToEnd } from "./run_to_end.ts";

/** The system's C compiler. */
export const COMPILER = "cc";
/** For this processor: a library that is compiled so may not run on another. */
const FLAGS = ["-O3", "-march=native", "-fPIC", "-shared", "-Wall"] as const;
/** A compiler that takes longer waits for something that will not come, such as an included pipe. */
const MOST_MS = 120_000;
/** Lines of the compiler that are kept. */
const MOST_LINES = 12;

/** "no-compiler": there is no `cc`. "failed": what it says. */
export type NotCompiled =
  | { readonly ended: "no-compiler" }
  | { readonly ended: "failed"; readonly text: string };

interface CompileOptions {
  /** Beside -O3 -march=native. */
  readonly flags?: readonly string[];
  /** Where relative includes start. */
  readonly cwd?: string;
  /** Absent: that of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Words before the command line, as those of a sandbox. */
  readonly before?: readonly string[];
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Compiles a file in C to a native library. Throws the reason of `signal`, which ends it. */
export async function compile(
  source: string,
  library: string,
  { flags = [], ...options }: CompileOptions = {},
): Promise<{ readonly ended: "done" } | NotCompiled> {
  const args = [...FLAGS, ...flags, "-o", library, source, "-lm", "-lpthread"];
  return await runCompiler(args, options);
}

/** Names the compiler and this processor, as the compiler sees it: its version and its macros for -march=native. */
export async function identifyCompiler(
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly ended: "done"; readonly macros: string } | NotCompiled> {
  const args = ["-march=native", "-dM", "-E", "-x", "c", "/dev/null"];
  const told = await runCompiler(args, { environment });
  return told.ended === "done" ? { ended: "done", macros: told.output } : told;
}

async function runCompiler(
  args: readonly string[],
  { before = [], timeoutMs = MOST_MS, ...options }: Omit<CompileOptions, "flags">,
): Promise<{ readonly ended: "done"; readonly output: string } | NotCompiled> {
  try {
    const [command, ...rest] = [...before, COMPILER, ...args];
    return { ended: "done", output: await runToEnd(command, rest, { ...options, timeoutMs }) };
  } catch (error) {
    options.signal?.throwIfAborted();
    const { code, stderr = "" } = error instanceof CommandFailed ? error : {};
    const isMissing = code === "ENOENT" || /^bwrap: execvp \S+: No such file/m.test(stderr);
    if (isMissing) return { ended: "no-compiler" };
    const lines = messageOf(error).trim().split("\n");
    return { ended: "failed", text: lines.slice(0, MOST_LINES).join("\n") };
  }
}
