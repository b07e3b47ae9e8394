import { existsSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../base/errors.ts";
import { known } from "../../base/known.ts";
import type { ResolvedData } from "../../data/resolve_data.ts";
import type { PlanInput } from "../../format/plan.ts";
import type { Shard } from "../../format/shard.ts";
import type { SharedPlan } from "../../format/shared_plan.ts";
import { FORMAT_VERSION } from "../../format/trial_record.ts";
import { describeEnvironment } from "../environment.ts";
import { readJournal } from "../journal.ts";
import { mergeInputs } from "../make_plan.ts";
import { trialKey } from "../order_and_keys.ts";
import { digestsOf } from "../plugin_files.ts";
import { orClose, type Setup } from "../prepared_sweep.ts";
import { resolveSetup, setupOfPlan } from "../resolve_setup.ts";
import { JOURNAL_FILE, readRunFile, RUN_FILE } from "../run_folder.ts";
import { isComplete } from "../run_state.ts";
import { resumeWith, type RunHandle, startWith } from "../start_run.ts";
import {
  agreeOnPlan,
  checkSameOptions,
  checkSameSurroundings,
  readSharedPlan,
} from "./shared_plan.ts";
import { shardFolder, shardName } from "./shard_folder.ts";
import { orRelease, type ShardLock, takeLock, type Watched } from "./shard_lock.ts";

/** A shard to measure, and how its sweep goes on. */
export interface ShardStart {
  readonly inputs: readonly PlanInput[];
  readonly shard: Shard;
  /** The folder of all shards. */
  readonly out: string;
  readonly loadData: () => Promise<ResolvedData>;
  readonly signal: AbortSignal;
  /** Whether another machine still measures the shard shows only after a while. */
  readonly onWatch: (watched: Watched) => void;
}

/**
 * Begins a shard or goes on with it, in its folder in `out`. Gives no handle where it is complete. Throws InputError for
 * what cannot be parted into shards, for other options, data or code than the other shards have, and where another
 * process measures it.
 */
export async function startShard(
  start: ShardStart,
): Promise<{ readonly folder: string; readonly handle?: RunHandle }> {
  const { inputs, shard, out } = start;
  const given = mergeInputs(inputs);
  checkParted(given, shard);
  const folder = shardFolder(out, shard);
  const shared = await readSharedPlan(out);
  if (shared !== undefined) checkSameOptions(shared, shard, given, out);
  checkOwn(shared, shard, folder);
  if (isMeasured(folder)) return { folder };
  const lock = await takeLock(folder, start.signal, start.onWatch);
  return await orRelease(lock, async () => {
    // The process that had the lock may have completed it.
    if (isMeasured(folder)) {
      lock.release();
      return { folder };
    }
    const handle = hasBegun(folder)
      ? await resumeWith(folder, start.loadData, start.signal, lock)
      : await begin(start, given, shared, folder, lock);
    return { folder, handle };
  });
}

/** Throws InputError for a plan that has no rounds to share out. */
function checkParted(
  { resolve, crossover, against, rounds }: PlanInput,
  { index, count }: Shard,
): void {
  const open = { "--resolve": resolve, "--crossover": crossover };
  const [flag] = Object.entries(open).find(([, value]) => value !== undefined) ?? [];
  if (flag !== undefined) {
    throw new InputError(
      `Cannot use --shard and ${flag} at once: ${flag} decides from all trials so far what is measured next, ` +
        "and a shard sees only its own",
      `leave ${flag} out, and give the number of --rounds`,
    );
  }
  if (against !== undefined) {
    throw new InputError(
      "Cannot use --shard and --against at once: the earlier code would be copied to every node",
      "measure both versions on one node, or each in shards of its own, and compare the merged runs",
    );
  }
  if (rounds !== undefined) checkCount(rounds, { index, count });
}

function checkCount(rounds: number, { index, count }: Shard): void {
  if (count <= rounds) return;
  throw new InputError(
    `Cannot measure shard ${index}/${count}: the plan has ${
      rounds === 1 ? "1 round" : `${rounds} rounds`
    }, and each shard needs one at least`,
    `choose fewer shards, or --rounds ${count}`,
  );
}

const hasBegun = (folder: string): boolean => existsSync(join(folder, RUN_FILE));

/** A journal may have lost records since its shard ended. Throws InputError where it is damaged otherwise. */
function isMeasured(folder: string): boolean {
  if (!hasBegun(folder)) return false;
  const run = readRunFile(folder);
  const path = join(folder, JOURNAL_FILE);
  if (!isComplete(run) || !existsSync(path)) return false;
  const measured = new Set(
    readJournal(path).trials.map(({ cell, round }) => trialKey(cell, round)),
  );
  return measured.size >= (run.trials ?? 0);
}

/** Throws InputError where the folder holds something else than this shard of these. */
function checkOwn(shared: SharedPlan | undefined, shard: Shard, folder: string): void {
  if (!hasBegun(folder)) return;
  const before = readRunFile(folder);
  const isOwn = shared !== undefined && before.shard?.index === shard.index &&
    before.shard.count === shard.count &&
    JSON.stringify(before.plan) === JSON.stringify(shared.plan);
  if (isOwn) return;
  throw new InputError(
    `Cannot go on with ${folder}: it is no ${shardName(shard)} of the shards beside it`,
    "move that folder away, or name another by --out",
  );
}

async function begin(
  { inputs, shard, out, loadData, signal }: ShardStart,
  given: PlanInput,
  before: SharedPlan | undefined,
  folder: string,
  lock: ShardLock,
): Promise<RunHandle> {
  const own = before === undefined
    ? await resolveSetup(inputs, loadData, { signal })
    : await setupOfPlan(before.plan, loadData, signal);
  return await orClose(own, async () => {
    signal.throwIfAborted(); // what was found until then may be incomplete
    checkCount(own.plan.rounds, shard);
    const offered: SharedPlan = known({
      schema: FORMAT_VERSION,
      shards: shard.count,
      given,
      plan: own.plan,
      leftOut: own.leftOut?.length ? [...own.leftOut] : undefined,
      environment: await describeEnvironment(own),
      sha256: own.data.source.sha256,
      plugins: own.plan.plugins.length > 0 ? digestsOfAll(own.plan.plugins) : undefined,
    });
    const shared = before ?? await agreeOnPlan(out, offered);
    checkSameOptions(shared, shard, given, out);
    checkSameSurroundings(shared, offered, shard, out);
    // Where another shard was quicker, its plan counts: it may know more threads.
    const isOwnPlan = JSON.stringify(shared.plan) === JSON.stringify(own.plan);
    const setup: Setup = {
      ...(isOwnPlan
        ? own
        : await setupOfPlan(shared.plan, () => Promise.resolve(own.data), signal)),
      shard,
      leftOut: shared.leftOut ?? [],
    };
    return await startWith(setup, () => Promise.resolve(folder), signal, lock);
  });
}

/** Digests of the files of plug-ins that can be read, as copies of them are kept. */
const digestsOfAll = (plugins: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    plugins.flatMap((path) => [...digestsOf(path)])
      .flatMap(([path, digest]) => digest === undefined ? [] : [[path, digest]]),
  );
