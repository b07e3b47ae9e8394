import { join } from "node:path";
import type { CallNode } from "./call_tree.ts";
import { writeFileAtomic } from "../base/files.ts";
import type { CpuProfile } from "../format/profile_record.ts";
import { flameGraph } from "./flame_graph.ts";

/**
 * Writes into `folder` `cpu.cpuprofile`, which speedscope, browsers' developer tools and VS Code open, and
 * `flame.svg`, a picture of the call tree. Returns the names.
 */
export async function writeCpuProfile(
  folder: string,
  profile: CpuProfile,
  tree: CallNode,
  title: string,
): Promise<string[]> {
  const files: Record<string, string> = {
    "cpu.cpuprofile": JSON.stringify(profile),
    "flame.svg": flameGraph(tree, title),
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFileAtomic(join(folder, name), content);
  }
  return Object.keys(files);
}
