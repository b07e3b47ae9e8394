import { join } from "node:path";
import { monotonicNs, timestamp } from "../base/clock.ts";
import { slopeFolder } from "../base/own_files.ts";
import { BLAS_PATHS } from "../gradients/blas_ffi/open_blas.ts";
import type { Ceilings } from "../format/ceilings.ts";
import { ask } from "../trial/ask.ts";
import { PROTOCOL_VERSION } from "../format/protocol_version.ts";
import type { RuntimePrograms } from "./available.ts";
import type { Environment, Plan } from "../format/plan.ts";

const MIB = 2 ** 20;
/** Far larger than most caches, and quickly read. */
const MEMORY_BUFFER_BYTES = 256 * MIB;
/** Fits the level 2 cache of any processor of the last ten years. */
const CACHE_BUFFER_BYTES = MIB / 4;
const LEVEL_3_BUFFER_BYTES = 16 * MIB;

/** Time for the loops of one runtime: as long as a trial may sample, within these limits. */
const MOST_NS = 1.5e9;
const LEAST_NS = 0.3e9;

/** Measures the ceilings of the machine in every available JavaScript runtime, one after the other. */
export async function findCeilings(
  plan: Plan,
  programs: readonly RuntimePrograms[],
  environment: Environment,
  signal?: AbortSignal,
): Promise<Ceilings[]> {
  const ceilings: Ceilings[] = [];
  for (const { name, found } of programs) {
    if (!found.available) continue;
    const startedAt = timestamp();
    const start = monotonicNs();
    const request = {
      type: "ceilings",
      protocol: PROTOCOL_VERSION,
      budgetNs: Math.min(MOST_NS, Math.max(LEAST_NS, plan.maxSampleSeconds * 1e9)),
      threads: environment.cores,
      buffersBytes: buffersFor(environment),
    } as const;
    const answer = await ask(found.runtime, request, {
      permissions: { read: [SOURCE], needs: ["ffi"], libraries: BLAS_PATHS, compiles: true },
      timeoutMs: plan.trialTimeoutSeconds * 1000,
      signal,
    });
    if (answer.ended === "aborted") return ceilings;
    ceilings.push(
      answer.ended === "reply" ? answer.reply : {
        runtime: name,
        startedAt,
        wallNs: monotonicNs() - start,
        arithmetic: [],
        reads: [],
        unmeasured: [{ what: "everything", failure: answer.failure }],
      },
    );
  }
  return ceilings;
}

/** The code of the threads, which Deno may read only with permission. */
const SOURCE = join(slopeFolder(), "src");

/**
 * Sizes of a buffer for the level 2 cache (half of it, or 256 KiB), of one for a large level 3 cache, and of one meant
 * to exceed all caches: 256 MiB, or an eighth of a small machine's memory.
 */
export function buffersFor({ cachesBytes: { l2, l3 }, memoryBytes }: Environment): number[] {
  const whole = (bytes: number) => Math.floor(bytes / 65_536) * 65_536;
  const cache = l2 === undefined ? CACHE_BUFFER_BYTES : Math.max(65_536, whole(l2 / 2));
  const memory = Math.min(MEMORY_BUFFER_BYTES, whole(memoryBytes / 8));
  const between = l3 === undefined ? 0 : Math.min(LEVEL_3_BUFFER_BYTES, whole(l3 / 2));
  const sizes = [cache, ...(between >= 2 * cache ? [between] : []), memory];
  return [...new Set(sizes)].sort((a, b) => a - b);
}
