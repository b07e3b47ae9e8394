import { basename, join } from "node:path";
import { InputError } from "../base/errors.ts";
import { availableHost } from "../machine/host.ts";
import type { NamedRun } from "../summary/noise_floor.ts";
import { changeOf } from "../sweep/plugin_copies.ts";
import { findRunFolder, readableRun, readRun, runNames } from "../sweep/run_folder.ts";

/** In the folder of runs: what `choose` measured itself. It is no sweep that a report or a history is about. */
export const OWN_FOLDER = "choose";

/** Only the newest of choose's own runs are read. */
const MOST_OWN = 12;

interface Wanted {
  /** As the user named it; absent: the latest. */
  readonly run?: string | undefined;
  readonly out: string;
  /** SHA-256 of the training images; absent: those of the run. */
  readonly trainImages?: string | undefined;
}

export interface EarlierRuns {
  /** The run that was named, or the latest. */
  readonly main?: NamedRun;
  /** Why nothing measured here may be added to it: a run that was named may be of another machine. */
  readonly foreign?: string;
  /** What was measured for earlier questions; nothing where a run was named. */
  readonly own: readonly NamedRun[];
  /** The latest run, where it tells nothing, and why. */
  readonly passedOver?: { readonly name: string; readonly why: string };
}

/**
 * The runs that may answer. Those of another machine, other data or other code of a plug-in are passed over. A run that
 * was named answers for its own machine, and is refused for other data or code, with InputError.
 */
export async function earlierRuns(wanted: Wanted): Promise<EarlierRuns> {
  const { run: given, out } = wanted;
  const folder = await findRunFolder(given ?? "latest", out).catch((error) => {
    if (given !== undefined || !(error instanceof InputError)) throw error;
  });
  let unreadable: string | undefined;
  const main = folder === undefined
    ? undefined
    : given === undefined
    ? named(folder, readableRun(folder, ({ message }) => unreadable = message))
    : named(folder, readRun(folder));
  const foreign = main && foreignness(main);
  const why = main && (given === undefined && foreign || await unfitness(main, wanted));
  if (given !== undefined && why !== undefined) {
    throw new InputError(
      `Cannot answer from run "${given}": ${why}`,
      "leave --run out to measure anew",
    );
  }
  const fit = { ...wanted, trainImages: wanted.trainImages ?? main?.run.data.sha256.trainImages };
  return {
    ...(main && why === undefined && { main }),
    ...(foreign !== undefined && { foreign }),
    ...(main && why !== undefined && { passedOver: { name: main.name, why } }),
    ...(unreadable !== undefined && { passedOver: { name: basename(folder!), why: unreadable } }),
    own: given === undefined ? await ownRuns(fit) : [],
  };
}

async function ownRuns(wanted: Wanted): Promise<NamedRun[]> {
  const folder = join(wanted.out, OWN_FOLDER);
  let names: string[];
  try {
    names = runNames(folder);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return []; // nothing was measured for a question yet
  }
  const runs: NamedRun[] = [];
  for (const name of names.slice(-MOST_OWN)) {
    const run = named(join(folder, name), readableRun(join(folder, name)));
    if (run === undefined) continue;
    if ((foreignness(run) ?? await unfitness(run, wanted)) === undefined) runs.push(run);
  }
  return runs;
}

const named = <T extends object | undefined>(folder: string, read: T) =>
  read && { name: basename(folder), ...read };

/** Why its times are not those of this machine. */
function foreignness({ run: { environment } }: NamedRun): string | undefined {
  const { cpu, cores, arch } = availableHost();
  const isHere = cpu === environment.cpu && cores === environment.cores &&
    arch === environment.arch;
  return isHere
    ? undefined
    : `it was measured on another machine (${environment.cpu}, ${environment.cores} cores)`;
}

/** Why a run tells nothing of the question. */
async function unfitness({ run }: NamedRun, { trainImages }: Wanted): Promise<string | undefined> {
  const { data, plugins = [] } = run;
  if (trainImages !== undefined && trainImages !== data.sha256.trainImages) {
    return `its data is other (${data.name})`;
  }
  for (const kept of plugins) {
    const change = await changeOf(kept);
    if (change !== undefined) return `its plug-in ${change.path} has changed since`;
  }
  return undefined;
}
