import { join } from "node:path";
import { writeFileAtomic } from "../base/files.ts";
import type { ProfileFile } from "../format/profile_file.ts";
import type { CpuProfile, ProfileRecord } from "../format/profile_record.ts";
import type { Failure } from "../format/reason.ts";
import type { CallNode } from "./call_tree.ts";
import { flameGraph } from "./flame_graph.ts";
import { type Profile, takeProfile } from "./take_profile.ts";
import { type Cell, FORMAT_VERSION } from "../format/trial_record.ts";
import { describeEnvironment } from "../sweep/environment.ts";
import { createRunFolder } from "../sweep/run_folder.ts";
import type { PreparedSweep, Setup } from "../sweep/prepared_sweep.ts";

const PROFILE_FILE = "profile.json";

/** Groups cells that differ only in m, in ascending order. */
export function groupByExamples(cells: readonly Cell[]): Cell[][] {
  const groups = Map.groupBy(cells, ({ examples: _, ...rest }) => JSON.stringify(rest));
  return [...groups.values()].map((group) => group.toSorted((a, b) => a.examples - b.examples));
}

/**
 * Profiles cells that differ only in m, by turns in one process, so that chance effects of the compiler or the machine
 * affect all of them alike. The largest gets the CPU profile. Returns undefined when interrupted.
 */
export async function profileCells(
  prepared: PreparedSweep,
  cells: readonly Cell[],
  budgetSeconds: number,
): Promise<Profile | { failed: Failure } | undefined> {
  const budgetNs = budgetSeconds * cells.length * 1e9;
  const largest = cells[cells.length - 1];
  return await takeProfile(prepared.trial(largest, 1, budgetNs, {}), {
    sizes: cells.map(({ examples }) => examples),
    budgetNs,
    verify: true,
    phases: "all",
    allocation: "all",
    cpuProfile: true,
  });
}

/** Writes the raw record into a new folder in `out`. Returns its path. */
export async function keepProfile(
  out: string,
  setup: Setup,
  record: ProfileRecord,
): Promise<string> {
  const environment = await describeEnvironment(setup);
  const name = `${environment.host}-profile-${record.cell.implementation}`;
  const folder = await createRunFolder(out, record.startedAt, name);
  const { source: data } = setup.data;
  const file: ProfileFile = { schema: FORMAT_VERSION, environment, data, profile: record };
  await writeFileAtomic(join(folder, PROFILE_FILE), JSON.stringify(file) + "\n");
  return folder;
}

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
