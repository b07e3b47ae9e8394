import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { messageOf } from "./errors.ts";

const execute = promisify(execFile);

/** The system's C compiler. */
export const COMPILER = "cc";
/** For this processor: a library that is compiled so may not run on another. */
const FLAGS = ["-O3", "-march=native", "-fPIC", "-shared", "-Wall"] as const;
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
}

/** Compiles a file in C to a native library. */
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
  { cwd, environment, before = [] }: Omit<CompileOptions, "flags">,
): Promise<{ readonly ended: "done"; readonly output: string } | NotCompiled> {
  try {
    const options = { ...(cwd && { cwd }), ...(environment && { env: environment }) };
    const [command, ...rest] = [...before, COMPILER, ...args];
    const { stdout } = await execute(command, rest, { ...options, maxBuffer: 2 ** 24 });
    return { ended: "done", output: stdout };
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    const isMissing = code === "ENOENT" || /^bwrap: execvp \S+: No such file/m.test(stderr ?? "");
    if (isMissing) return { ended: "no-compiler" };
    const lines = (stderr || messageOf(error)).trim().split("\n");
    return { ended: "failed", text: lines.slice(0, MOST_LINES).join("\n") };
  }
}
