import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { known } from "../../base/known.ts";
import type { GradientImplementation } from "../../gradients/contract.ts";
import { PROGRAM_PROTOCOL_VERSION } from "../../format/program_protocol.ts";
import { type Command, type Conversation, startProgram } from "./conversation.ts";
import { kindOf, wordsOf } from "./kinds.ts";
import { openProgram } from "./program_kernel.ts";

const PYTHON_HOST = fileURLToPath(
  new URL("../../../kits/python/slope_host/__main__.py", import.meta.url),
);

/**
 * The implementations in a plug-in of another language. Each opened kernel has a process of its own. Throws
 * ProgramError.
 */
export async function loadProgram(
  plugin: string,
  python: string,
): Promise<GradientImplementation[]> {
  const command = commandOf(plugin, python);
  const start = async () => {
    const conversation = startProgram(command);
    const told = await conversation.ask({
      type: "describe",
      protocol: PROGRAM_PROTOCOL_VERSION,
      ...(kindOf(plugin) === "python" && { plugin: resolve(plugin) }),
    });
    return { conversation, told };
  };
  const first = await start();
  // The process that described itself opens the first kernel, so that its start is not part of the set-up.
  let idle: Conversation | undefined = first.conversation;
  const { version, programs } = first.told;
  return programs.map(({ summary, needs = [], network, steps = false, ...told }) => ({
    ...known({ name: told.name, summary, precision: told.precision, needs, network }),
    probe: () => known({ available: true as const, version: version ?? basename(plugin) }),
    async open(problem) {
      const conversation = idle ?? (await start()).conversation;
      idle = undefined;
      return await openProgram(conversation, { ...told, steps }, problem);
    },
  }));
}

function commandOf(plugin: string, python: string): Command {
  // -B: no __pycache__ beside the program; -u: what it prints appears at once.
  if (kindOf(plugin) === "python") return { command: python, args: ["-B", "-u", PYTHON_HOST] };
  const [command, ...args] = wordsOf(plugin);
  return { command, args };
}
