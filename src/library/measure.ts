import { resolve } from "node:path";
import process from "node:process";
import { known } from "../base/known.ts";
import type { DataEvent, ResolvedData } from "../data/resolve_data.ts";
import { resolveData, SetNotFound } from "../data/resolve_data.ts";
import type { HookRecord } from "../format/hook.ts";
import type { PlanInput } from "../format/plan.ts";
import { setNotFoundError } from "../report/data_words.ts";
import { cellsToBisect } from "../summary/bisect.ts";
import { cellsToResolve } from "../summary/resolve.ts";
import { checkedPlan } from "../sweep/make_plan.ts";
import type { RunHandle } from "../sweep/start_run.ts";
import type { SweepEvent } from "../sweep/sweep_event.ts";

/** Where data come from; the first that is given counts, then `$SLOPE_DATA`, the cache, a download, synthetic digits. */
export interface DataChoice {
  /** Draw synthetic digits. */
  readonly synthetic?: boolean | undefined;
  /** A folder or file with images and labels, or the name of a known set, as "fashion-mnist". */
  readonly data?: string | undefined;
}

/** The data of a choice. Throws InputError for a set that is nowhere to be had. */
export async function dataOf(
  { data, synthetic = false }: DataChoice,
  announce: (event: DataEvent) => void,
  signal?: AbortSignal,
): Promise<ResolvedData> {
  try {
    const download = known({ signal });
    const { env: environment } = process;
    return await resolveData({ place: data, synthetic, environment, announce, download });
  } catch (error) {
    throw error instanceof SetNotFound ? setNotFoundError(error) : error;
  }
}

/** A plan that was given as an object, with absolute paths. Throws BrokenFile for fields that are none. */
export function givenPlan(plan: PlanInput): PlanInput {
  const { plugins, ...rest } = checkedPlan(plan, "the plan");
  const absolute = (path: string) => path.startsWith("cmd:") ? path : resolve(path);
  return { ...rest, ...(plugins && { plugins: plugins.map(absolute) }) };
}

/** Sweeps until the plan, or what it leaves open, is measured, and ends the run however that went. */
export async function measure(
  handle: RunHandle,
  onEvent: (event: SweepEvent) => void,
  onCodeFault: "fail" | "end" = "fail",
): Promise<{ readonly isComplete: boolean; readonly hooks: readonly HookRecord[] }> {
  const open = { unresolved: cellsToResolve, nextCells: cellsToBisect };
  let ended: "complete" | "interrupted";
  try {
    ended = await handle.sweep(onEvent, open, onCodeFault);
  } catch (error) {
    await handle.close().catch(() => {}); // the first error is the one to report
    throw error;
  }
  return { isComplete: ended === "complete", hooks: await handle.close() };
}
