import { InputError } from "../base/errors.ts";
import { cannotWriteTemporary } from "../base/files.ts";
import { known } from "../base/known.ts";
import { makeTemporaryFolder, removeOrphans } from "../base/temporary_folder.ts";
import { writePrepared } from "../data/prepared.ts";
import type { PreparedData } from "../data/schemas.ts";
import type { ResolvedData } from "../data/resolve_data.ts";
import type { Need } from "../gradients/contract.ts";
import type { RunRequest } from "../format/request.ts";
import { PROTOCOL_VERSION } from "../format/protocol_version.ts";
import type { Reason, Unavailable } from "../format/reason.ts";
import { type Cell, cellKey } from "../format/trial_record.ts";
import { availableCores } from "../machine/host.ts";
import type { Confinement, Runtime } from "../trial/runtimes.ts";
import type { TrialOptions } from "../trial/run_trial.ts";
import { kindOf } from "../trial/program/kinds.ts";
import { mostRanks, rankedHere } from "../trial/ranks/find_mpi.ts";
import { candidateIn, firstCandidates, type RuntimePrograms, softwareReason } from "./available.ts";
import type { AvailablePeer } from "./peers.ts";
import type { LeftOut, Plan } from "../format/plan.ts";
import type { Shard } from "../format/shard.ts";
import type { EarlierCode, Reference } from "./earlier_code.ts";
import { cellsOf, type Described, type PeerCandidate } from "./schedule.ts";
import { roundsOfShard } from "./shards/shard_rounds.ts";

export interface Setup {
  readonly plan: Plan;
  readonly programs: readonly RuntimePrograms[];
  readonly peers: readonly AvailablePeer[];
  /** The code of the run that `plan.against` names. */
  readonly reference?: Reference | undefined;
  readonly data: ResolvedData;
  /** Implementations that the plan would contain if they were named. */
  readonly leftOut?: readonly LeftOut[];
  /** The rounds that are measured; absent: all of the plan. */
  readonly shard?: Shard | undefined;
  /** What keeps the plug-ins from the rest of the machine; absent where the user trusts them. */
  readonly confinement?: Confinement | undefined;
}

/** What is done with a setup; where that fails, its temporary files are removed. */
export async function orClose<T>(
  { reference }: Pick<Setup, "reference">,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await reference?.close();
    throw error;
  }
}

/** Receives each line that a plug-in writes to its console. */
export type OnLog = (cell: Cell, line: string) => void;

export type Stages = Pick<RunRequest, "pace" | "training" | "sampling">;

export type PreparedSweep = Readonly<Awaited<ReturnType<typeof prepareSweep>>>;

/** The data of every seed of a plan, as raw files. */
export interface WrittenData {
  readonly ofSeed: ReadonlyMap<number, PreparedData>;
  remove(): Promise<void>;
}

/** Writes the data of a plan into a temporary folder. Throws InputError when it cannot be written. */
export async function writeData(
  { plan, data, reference }: Pick<Setup, "plan" | "data" | "reference">,
): Promise<WrittenData> {
  await removeOrphans();
  const folder = await makeTemporaryFolder();
  const ofSeed = new Map<number, PreparedData>();
  try {
    for (const seed of plan.seeds) {
      ofSeed.set(seed, await writePrepared(folder.path, data, seed, Math.max(...plan.sizes)));
    }
  } catch (error) {
    await reference?.close();
    await folder.remove();
    throw error instanceof InputError ? error : cannotWriteTemporary(folder.path, error);
  }
  return { ofSeed, remove: folder.remove };
}

/**
 * What the trials of a plan share: the cells, and the data of every seed as raw files in a temporary folder, which any
 * process can read; plans of equal seeds and sizes may share them. Throws InputError when they cannot be written.
 */
export async function prepareSweep(
  setup: Setup,
  signal?: AbortSignal,
  onLog?: OnLog,
  shared?: WrittenData,
) {
  const { plan } = setup;
  const written = shared ?? await writeData(setup);
  const close = async (): Promise<void> => {
    await setup.reference?.close();
    if (shared === undefined) await written.remove();
  };
  let found;
  try {
    found = cellsAndPrograms(setup);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    plan,
    cells: found.cells,
    /** The rounds in which they are measured; the first shows more than the others. */
    rounds: roundsOfShard(plan.rounds, setup.shard),
    /** The implementations and peers of the plan that a runtime here knows. */
    described: found.described,
    /** Why this cell cannot run here; undefined when it can. */
    unavailable: (cell: Cell) => unavailable(setup, cell),
    /** Why this cell is verified but not timed; undefined when it is timed. */
    untimed: (cell: Cell) => plan.timeSoftware ? undefined : untimed(setup.programs, cell),
    trial(cell: Cell, round: number, predictedNs: number, stages: Stages): TrialOptions {
      const { runtime, needs, plugin, python, packages, code } = programOf(setup, cell);
      return {
        runtime,
        round,
        needs,
        ...(cell.ranks !== undefined && { ranked: rankedHere(cell.ranks) }),
        // Peers come with Slope.
        ...known({ packages, confinement: isPeer(setup, cell) ? undefined : setup.confinement }),
        ...(plugin !== undefined && kindOf(plugin) !== "module" &&
          { environment: threadVariables(cell) }),
        // What libraries of peers say does not concern the user.
        ...(plugin !== undefined && !isPeer(setup, cell) && onLog &&
          { onLog: (line: string) => onLog(cell, line) }),
        ...code,
        timeoutMs: plan.trialTimeoutSeconds * 1000 + 5 * predictedNs / 1e6,
        ...(signal && { signal }),
        request: {
          type: "run",
          protocol: PROTOCOL_VERSION,
          cell,
          ...known({ plugin, python }),
          data: written.ofSeed.get(cell.seed)!, // of every seed of the plan
          initialisation: plan.initialisation,
          keepWrong: plan.keepWrong,
          ...stages,
        },
      };
    },
    close,
  };
}

function cellsAndPrograms(setup: Setup) {
  const { plan, programs, reference } = setup;
  // The implementations of the plan, as the first available runtime describes them.
  const candidates = plan.implementations.flatMap((name) =>
    firstCandidates(programs).filter((one) => one.name === name)
  );
  const peerCandidates = peerCandidatesOf(setup);
  return {
    cells: cellsOf(plan, candidates, peerCandidates, [...reference?.codeOf.keys() ?? []]),
    described: [...candidates, ...peerCandidates] as readonly Described[],
  };
}

const isPeer = ({ peers }: Setup, { implementation }: Cell): boolean =>
  peers.some(({ name }) => name === implementation);

/** The peers of the plan. One without a runtime gets cells, too, which say why it has no figures. */
function peerCandidatesOf({ peers, programs }: Setup): PeerCandidate[] {
  return peers.map(({ plugin, runtime, described }) => ({
    ...described,
    runtime: kindOf(plugin) === "python" ? "python" : (runtime ?? programs[0]).name,
  }));
}

function unavailable({ programs, peers }: Setup, cell: Cell): Unavailable | undefined {
  const peer = peers.find((one) => one.name === cell.implementation);
  if (cell.convention && (peer || candidateIn(programs, cell)?.plugin === undefined)) {
    return { kind: "usual-convention" };
  }
  if (peer) return reasonOf(peer.described);
  const entry = programs.find(({ name }) => name === cell.runtime);
  if (entry !== undefined && !entry.found.available) return entry.found.reason;
  const candidate = candidateIn(programs, cell);
  if (candidate === undefined) return { kind: "not-offered", runtime: cell.runtime };
  return reasonOf(candidate) ?? tooManyRanks(cell);
}

/** Ranks that share a core would wait for each other by turns of the scheduler. */
function tooManyRanks({ ranks = 1 }: Cell): Unavailable | undefined {
  const most = ranks > 1 ? mostRanks(availableCores()) : 1;
  return ranks > most ? { kind: "too-many-ranks", ranks, cores: most } : undefined;
}

/** Software devices are not timed: their times would be mistaken for those of a GPU. */
function untimed(programs: readonly RuntimePrograms[], cell: Cell): Reason | undefined {
  const availability = candidateIn(programs, cell)?.availability;
  if (!availability?.available || !availability.software) return undefined;
  return softwareReason(availability.version);
}

function reasonOf({ availability }: Described): Unavailable | undefined {
  return availability.available ? undefined : availability.reason;
}

/** What runs a cell: an implementation in one of the runtimes, or a peer. */
function programOf({ programs, peers, reference }: Setup, cell: Cell): {
  runtime: Runtime;
  needs: readonly Need[];
  plugin?: string | undefined;
  python?: string;
  packages?: true;
  code?: EarlierCode["code"];
} {
  const peer = peers.find((one) => one.name === cell.implementation);
  if (peer?.runtime) {
    const { runtime, plugin, interpreter } = peer;
    const how = interpreter ? { python: interpreter.path } : { packages: true as const };
    return { runtime, needs: [], plugin, ...how };
  }
  const candidate = candidateIn(programs, cell);
  // A plug-in in another language talks to a process of the first runtime.
  const entry = programs.find(({ name, found }) =>
    candidate?.interpreter ? found.available : name === cell.runtime
  );
  if (!entry?.found.available || !candidate) {
    throw new Error(`nothing on this machine runs ${cellKey(cell)}`);
  }
  const { needs, plugin = undefined, library = plugin } = candidate;
  const { runtime } = entry.found;
  const isEarlier = cell.copy === "reference";
  const earlier = isEarlier ? reference?.codeOf.get(cell.implementation) : undefined;
  const { interpreter } = candidate;
  const python = interpreter?.name === "python" ? interpreter.path : undefined;
  return { runtime, needs, ...known({ python }), ...earlier ?? { plugin: library } };
}

/** Numerical libraries read their number of threads once, when they load. */
function threadVariables({ threads }: Cell): Record<string, string> {
  const names = ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"];
  return Object.fromEntries(names.map((name) => [name, String(threads)]));
}
