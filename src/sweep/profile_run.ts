import { join } from "node:path";
import { z } from "zod";
import { timestamp } from "../base/clock.ts";
import { writeFileAtomic } from "../base/files.ts";
import type { ResolvedData } from "../data/resolve.ts";
import { ProfileRecord } from "../trial/profile/record.ts";
import { type Profile, takeProfile } from "../trial/profile/take.ts";
import { type Cell, FORMAT_VERSION } from "../trial/record.ts";
import { describeEnvironment } from "./environment.ts";
import { DataSource, Environment } from "./plan.ts";
import { createRunFolder } from "./run_folder.ts";
import type { Setup, Workbench } from "./workbench.ts";

export const PROFILE_FILE = "profile.json";

/** `profile.json`: what was profiled, on what, as measured. */
export const ProfileFile = z.strictObject({
  schema: z.literal(FORMAT_VERSION),
  environment: Environment,
  data: DataSource,
  /** One for each size, ascending. */
  profiles: z.array(ProfileRecord).min(1),
});
export type ProfileFile = z.infer<typeof ProfileFile>;

/** Cells that differ in their size alone, ascending. */
export function groupBySize(cells: readonly Cell[]): Cell[][] {
  const groups = Map.groupBy(cells, ({ examples: _, ...rest }) => JSON.stringify(rest));
  return [...groups.values()].map((group) => group.toSorted((a, b) => a.examples - b.examples));
}

/**
 * Profiles the cells one after the other, each in a process of its own; the last one, the largest, with a CPU profile.
 * Undefined when interrupted. What one that fails has to say goes to `onFailure`, and the others go on.
 */
export async function profileCells(
  workbench: Workbench,
  cells: readonly Cell[],
  budgetSeconds: number,
  onStart: (cell: Cell) => void,
  onFailure: (cell: Cell, reason: string) => void,
): Promise<Profile[] | undefined> {
  const profiles: Profile[] = [];
  for (const cell of cells) {
    onStart(cell);
    const budgetNs = budgetSeconds * 1e9;
    const profile = await takeProfile(workbench.trial(cell, 1, 2 * budgetNs, {}), {
      sizes: [cell.examples],
      budgetNs,
      verify: true,
      phases: "all",
      allocation: true,
      cpuProfile: cell === cells[cells.length - 1],
    });
    if (profile === undefined) return undefined;
    if ("failed" in profile) onFailure(cell, profile.failed);
    else profiles.push(profile);
  }
  return profiles;
}

/** Makes a folder in `out` with the raw records and the CPU profile. Returns its path. */
export async function keepProfiles(
  out: string,
  setup: Setup,
  data: ResolvedData,
  profiles: readonly Profile[],
): Promise<string> {
  const environment = await describeEnvironment(setup);
  const [{ record: { cell, startedAt } }] = profiles;
  const name = `${environment.host}-profile-${cell.implementation}`;
  const folder = await createRunFolder(out, startedAt ?? timestamp(), name);
  const file: ProfileFile = {
    schema: FORMAT_VERSION,
    environment,
    data: data.source,
    profiles: profiles.map(({ record }) => record),
  };
  await writeFileAtomic(join(folder, PROFILE_FILE), JSON.stringify(file) + "\n");
  return folder;
}
