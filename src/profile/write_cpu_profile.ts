import { join } from "node:path";
import type { CallNode } from "./call_tree.ts";
import { writeFileAtomic } from "../base/files.ts";
import type { CpuProfile } from "../format/profile_record.ts";
import { flameGraph } from "./flame_graph.ts";
import { speedscope } from "./speedscope.ts";

/**
 * Writes a CPU profile and its call tree into `folder` for the tools that read one: `cpu.cpuprofile` (developer tools of browsers,
 * VS Code), `cpu.speedscope.json`, and `flame.svg` for everyone. Returns the names.
 */
export async function writeCpuProfile(
  folder: string,
  profile: CpuProfile,
  tree: CallNode,
  title: string,
): Promise<string[]> {
  const files: Record<string, string> = {
    "cpu.cpuprofile": JSON.stringify(profile),
    "cpu.speedscope.json": speedscope(profile, title),
    "flame.svg": flameGraph(tree, title),
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFileAtomic(join(folder, name), content);
  }
  return Object.keys(files);
}
