import { join, resolve } from "node:path";
import { known } from "../../src/base/known.ts";
import { slopeFolder } from "../../src/base/own_files.ts";
import { PROGRAM_PROTOCOL_VERSION } from "../../src/format/program_protocol.ts";
import type { GradientImplementation } from "../../src/gradients/contract.ts";
import { startProgram } from "../../src/trial/program/conversation.ts";
import { openProgram } from "../../src/trial/program/program_kernel.ts";

const HOST = join(slopeFolder(), "kits", "python", "slope_host", "__main__.py");

/**
 * The programs of a Python plug-in in one process, where each problem is opened after the other: a thousand starts of
 * Python would take many minutes. One kernel may be open at a time.
 */
export async function inOneProcess(
  plugin: string,
  python: string,
): Promise<{ programs: GradientImplementation[]; close(): Promise<void> }> {
  const conversation = startProgram({ command: python, args: ["-B", "-u", HOST] });
  const kept = { ...conversation, close: () => Promise.resolve() };
  const { programs } = await conversation.ask({
    type: "describe",
    protocol: PROGRAM_PROTOCOL_VERSION,
    plugin: resolve(plugin),
  });
  return {
    programs: programs.map(({ summary, needs = [], network, steps = false, ...told }) => ({
      ...known({ name: told.name, summary, precision: told.precision, needs, network }),
      open: (problem) => openProgram(kept, { ...told, steps }, problem),
    })),
    close: () => conversation.close(),
  };
}
