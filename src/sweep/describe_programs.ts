import { ownFile } from "../base/own_command.ts";
import { BrokenFile, InputError, interruption, NoProgram } from "../base/errors.ts";
import { known } from "../base/known.ts";
import { PROTOCOL_VERSION } from "../format/protocol_version.ts";
import type { DescribeRequest, Unprobed } from "../format/request.ts";
import { type Answer, ask } from "../trial/ask.ts";
import { permissionsToDescribe } from "../trial/permissions.ts";
import { isForeign, kindOf } from "../trial/program/kinds.ts";
import type { Confinement, Runtime } from "../trial/runtimes.ts";
import { programHint, pythonHint } from "./foreign_hints.ts";
import { type Described, describedBy } from "./schedule.ts";

const DESCRIBE_TIMEOUT_MS = 20_000;

/** A child of another version, and the folder that it needs to read. */
export interface Code {
  readonly script: string;
  readonly codeFolder: string;
}

/** Names of the implementations of an earlier commit. Throws InputError when its child does not answer. */
export async function describeCode(
  runtime: Runtime,
  code: Code,
  signal?: AbortSignal,
): Promise<string[]> {
  const implementations = await describeIn(runtime, undefined, undefined, signal, code);
  return implementations.map(({ name }) => name);
}

/** The same as `describeIn` for a file of this runtime; `plugin` is the file that the user named. */
export async function describeFile(
  runtime: Runtime,
  file: string,
  plugin: string,
  confinement: Confinement | undefined,
  signal: AbortSignal | undefined,
): Promise<Described[]> {
  if (kindOf(plugin) !== "native") return await describeIn(runtime, file, confinement, signal);
  const answer = await describe(runtime, { plugin: file }, confinement, signal, undefined);
  if (answer.ended === "reply") return answer.reply.map(describedBy);
  const { failure } = answer;
  const hint = `${
    ownFile("kits/c/slope.h")
  } has the functions of a native plug-in; C++ declares them extern "C"`;
  const problem = `Cannot load plug-in "${plugin}"`;
  if (failure.kind === "fault" && failure.fault.kind === "offers-none") {
    throw new NoProgram(`${problem}: ${failure.fault.message}`, hint);
  }
  throw failure.kind === "stage-failed"
    ? new BrokenFile(`${problem}: ${failure.message}`, hint)
    : new BrokenFile(problem, hint, { cause: failure });
}

/**
 * What Slope's own child says of a plug-in, or without one of Slope's implementations. Throws InputError for what cannot
 * be used.
 */
export async function describeIn(
  runtime: Runtime,
  plugin: string | undefined,
  confinement: Confinement | undefined,
  signal: AbortSignal | undefined,
  code?: Code,
  interpreter?: Runtime,
): Promise<Described[]> {
  const asked = { plugin, python: interpreter?.path };
  const answer = await describe(runtime, asked, confinement, signal, code);
  if (answer.ended === "reply") return answer.reply.map(describedBy);
  const { failure } = answer;
  const none = failure.kind === "fault" && failure.fault.kind === "offers-none"
    ? failure.fault
    : undefined;
  if (plugin !== undefined && isForeign(plugin)) {
    const hint = kindOf(plugin) === "python"
      ? pythonHint(failure, plugin)
      : programHint(failure, confinement?.box !== undefined);
    const Kind = none ? NoProgram : BrokenFile;
    throw new Kind(`Cannot load plug-in "${plugin}"`, hint, { cause: failure });
  }
  const place = `in ${runtime.name} ${runtime.version}`;
  if (plugin === undefined) {
    // A probe that loads native code can crash the process. It must not keep the others from running.
    const unprobed: Unprobed = ["ffi", "gpu"];
    const without = await describe(runtime, { unprobed }, undefined, signal, code);
    if (without.ended === "reply") {
      return without.reply.map((told): Described => ({
        ...describedBy(told),
        ...(told.needs.some((need) => unprobed.includes(need)) && {
          availability: { available: false, reason: { kind: "not-probed", failure } },
        }),
      }));
    }
    const what = code === undefined
      ? "Slope's own implementations"
      : "the implementations of the earlier commit";
    throw new InputError(
      `Cannot load ${what} ${place}`,
      `run "${runtime.name}" by hand on src/child.ts to see what it says`,
      { cause: failure },
    );
  }
  const hint = `fix the file; ${ownFile("docs/ADDING.md")} shows both forms of a plug-in`;
  // The child names the plug-in itself.
  if (none) throw new NoProgram(`${none.message} (${place})`, hint);
  const fault = failure.kind === "fault" && failure.fault.kind === "exception"
    ? failure.fault
    : undefined;
  throw failure.kind === "stage-failed"
    ? new BrokenFile(`${failure.message} (${place})`, hint)
    : fault
    ? new BrokenFile(`${fault.message} (${fault.file}:${fault.line}, ${place})`, hint)
    : new BrokenFile(`Cannot load plug-in "${plugin}" ${place}`, hint, { cause: failure });
}

/** Throws AbortError when interrupted: to know no programs would be told as a plug-in that has none. */
async function describe(
  runtime: Runtime,
  asked: {
    plugin?: string | undefined;
    python?: string | undefined;
    unprobed?: Unprobed;
  },
  confinement: Confinement | undefined,
  signal: AbortSignal | undefined,
  code: Code | undefined,
): Promise<Exclude<Answer<DescribeRequest>, { ended: "aborted" }>> {
  const { plugin } = asked;
  const request = { type: "describe", protocol: PROTOCOL_VERSION, ...known(asked) } as const;
  const answer = await ask(runtime, request, {
    permissions: permissionsToDescribe(plugin, code?.codeFolder, confinement),
    timeoutMs: DESCRIBE_TIMEOUT_MS,
    script: code?.script,
    signal,
  });
  if (answer.ended === "aborted") throw interruption(signal);
  return answer;
}
