import { mkdtempSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { known } from "../../base/known.ts";
import { slopeFolder } from "../../base/own_files.ts";
import type { GradientImplementation } from "../../gradients/contract.ts";
import { PROGRAM_PROTOCOL_VERSION } from "../../format/program_protocol.ts";
import { type Command, startProgram } from "./conversation.ts";
import { SCRATCH } from "../box/scratch.ts";
import { kindOf, wordsOf } from "./kinds.ts";
import { openProgram } from "./program_kernel.ts";

const PYTHON_HOST = join(slopeFolder(), "kits", "python", "slope_host", "__main__.py");

interface Place {
  /** Words that start it in a box. */
  readonly wrapper?: readonly string[];
  /** Holds the folder of the files that it shares with this process. */
  readonly folder?: string;
}

/**
 * The implementations in a plug-in of another language. Each opened kernel has a process of its own. Throws
 * ProgramError.
 */
export async function loadProgram(
  plugin: string,
  python: string,
  { wrapper = [], folder }: Place = {},
): Promise<GradientImplementation[]> {
  const command = commandOf(plugin, python);
  const start = async () => {
    const scratch = folder === undefined ? undefined : mkdtempSync(join(folder, "p-"));
    const before = wrapper.map((word) => word === SCRATCH ? scratch! : word); // it has one only for data
    const [first, ...rest] = [...before, command.command, ...command.args];
    const conversation = startProgram({ ...command, command: first, args: rest });
    const told = await conversation.ask({
      type: "describe",
      protocol: PROGRAM_PROTOCOL_VERSION,
      ...(kindOf(plugin) === "python" && { plugin: resolve(plugin) }),
    });
    return { conversation, told, scratch };
  };
  const first = await start();
  // The process that described itself opens the first kernel, so that its start is not part of the set-up.
  let idle: typeof first | undefined = first;
  const { version, programs } = first.told;
  return programs.map((
    { summary, needs = [], network, skipsZeroPixels, withOneThread, steps = false, ...told },
  ) => ({
    ...known({ name: told.name, summary, precision: told.precision, needs, network }),
    ...known({ skipsZeroPixels, withOneThread }),
    probe: () => known({ available: true as const, version: version ?? basename(plugin) }),
    async open(problem) {
      const { conversation, scratch } = idle ?? await start();
      idle = undefined;
      return await openProgram(conversation, { ...told, steps }, problem, scratch);
    },
  }));
}

function commandOf(plugin: string, python: string): Command {
  // -B: no __pycache__ beside the program; -u: what it prints appears at once.
  if (kindOf(plugin) === "python") return { command: python, args: ["-B", "-u", PYTHON_HOST] };
  const [command, ...args] = wordsOf(plugin);
  return { command, args };
}
