import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { cannotWrite } from "../base/files.ts";
import type { Dataset } from "../data/dataset.ts";
import { type PreparedData, writePrepared } from "../data/prepared.ts";
import { PROTOCOL_VERSION, type RunRequest } from "../trial/protocol.ts";
import { type Cell, cellKey } from "../trial/record.ts";
import type { TrialOptions } from "../trial/trial.ts";
import type { Offer } from "./offers.ts";
import type { Plan } from "./plan.ts";
import { type Candidate, cellsOf } from "./schedule.ts";

/** What a plan is run with: every runtime asked for, what it offers, and the data. */
export interface Setup {
  readonly plan: Plan;
  readonly offers: readonly Offer[];
  readonly data: { readonly train: Dataset; readonly test: Dataset };
}

export type Stages = Pick<RunRequest, "pace" | "training" | "sampling">;

/** All that the trials of a plan share: the cells, and the data as raw files that any process can read. */
export interface Workbench {
  readonly plan: Plan;
  readonly cells: readonly Cell[];
  /** Why this cell cannot run on this machine; undefined when it can. */
  unavailable(cell: Cell): string | undefined;
  /** The trial of a cell, ready to be run. */
  trial(cell: Cell, round: number, predictedNs: number, stages: Stages): TrialOptions;
  /** Removes the files. */
  close(): Promise<void>;
}

/** Lays the subsets of every seed out on disk. Throws InputError when the temporary folder refuses. */
export async function openWorkbench(setup: Setup, signal?: AbortSignal): Promise<Workbench> {
  const { plan, offers, data } = setup;
  await removeOrphans();
  const folder = await mkdtemp(join(tmpdir(), `slope-${process.pid}-`)).catch((error) => {
    throw cannotWrite(tmpdir(), error);
  });
  const close = () => rm(folder, { recursive: true, force: true });
  const prepared = new Map<number, PreparedData>();
  try {
    for (const seed of plan.seeds) {
      prepared.set(seed, await writePrepared(folder, data, seed, Math.max(...plan.sizes)));
    }
  } catch (error) {
    await close();
    throw cannotWrite(folder, error);
  }
  return {
    plan,
    cells: cellsOf(plan, candidatesOf(setup)),
    unavailable: (cell) => unavailable(offers, cell),
    trial(cell, round, predictedNs, stages) {
      const { runtime, candidate } = offerFor(offers, cell);
      return {
        runtime,
        round,
        needs: candidate.needs,
        timeoutMs: plan.trialTimeoutSeconds * 1000 + 5 * predictedNs / 1e6,
        ...(signal && { signal }),
        request: {
          type: "run",
          protocol: PROTOCOL_VERSION,
          cell,
          ...(candidate.plugin !== undefined && { plugin: candidate.plugin }),
          data: dataFor(prepared, cell),
          initialisation: plan.initialisation,
          rate: plan.rate,
          keepWrong: plan.keepWrong,
          ...stages,
        },
      };
    },
    close,
  };
}

/** Removes what processes that were killed could not: temporary folders whose owner is gone. */
async function removeOrphans(): Promise<void> {
  for (const name of await readdir(tmpdir()).catch(() => [])) {
    const owner = /^slope-(\d+)-[A-Za-z0-9]+$/.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => {});
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code !== "ESRCH"; // EPERM: alive, and somebody else's
  }
}

/** The implementations of the plan, as the first runtime that is there describes them. */
function candidatesOf({ plan, offers }: Setup): Candidate[] {
  const { candidates } = offers.find(({ found }) => found.available) ?? { candidates: [] };
  return plan.implementations.flatMap((name) => candidates.filter((one) => one.name === name));
}

function unavailable(offers: readonly Offer[], cell: Cell): string | undefined {
  const offer = offers.find(({ name }) => name === cell.runtime);
  if (offer === undefined || !offer.found.available) {
    return `unavailable: ${offer ? (offer.found as { reason: string }).reason : "no such runtime"}`;
  }
  const candidate = offer.candidates.find(({ name }) => name === cell.implementation);
  if (candidate === undefined) return `unavailable: not in ${cell.runtime}`;
  const { availability } = candidate;
  return availability.available ? undefined : `unavailable: ${availability.reason}`;
}

function offerFor(offers: readonly Offer[], cell: Cell) {
  const offer = offers.find(({ name }) => name === cell.runtime);
  const candidate = offer?.candidates.find(({ name }) => name === cell.implementation);
  if (!offer?.found.available || !candidate) {
    throw new Error(`nothing on this machine runs ${cellKey(cell)}`);
  }
  return { runtime: offer.found.runtime, candidate };
}

function dataFor(prepared: ReadonlyMap<number, PreparedData>, cell: Cell): PreparedData {
  const found = prepared.get(cell.seed);
  if (!found) throw new Error(`no data was prepared for seed ${cell.seed}`);
  return found;
}
