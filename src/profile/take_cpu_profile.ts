import { Session } from "node:inspector";
import type { Clock } from "../base/clock.ts";
import type { RemoteProfiler } from "../gradients/contract.ts";
import type { ProfiledKernel } from "./profiled_kernel.ts";
import { CpuProfile } from "../format/profile_record.ts";

/** µs between two samples of the stack. */
const INTERVAL_US = 250;
/** An interpreter that walks its own stack needs some µs for it. */
const REMOTE_INTERVAL_US = 1000;

/**
 * Samples the stack while steps without marks run for about `forNs`. Throws the inspector's error where a runtime does
 * not support it.
 */
export async function takeCpuProfile(
  profiled: ProfiledKernel,
  forNs: number,
  clock: Clock,
): Promise<CpuProfile> {
  const session = new Session();
  session.connect();
  try {
    const post = (method: string, parameters: object = {}): Promise<unknown> =>
      new Promise((resolve, reject) =>
        session.post(
          method,
          parameters,
          (error, result) => error ? reject(asError(error)) : resolve(result),
        )
      );
    await post("Profiler.enable");
    await post("Profiler.setSamplingInterval", { interval: INTERVAL_US });
    await post("Profiler.start");
    const start = clock();
    do await profiled.plain(); while (clock() - start < forNs);
    const { profile } = await post("Profiler.stop") as { profile: unknown };
    return CpuProfile.parse(profile);
  } finally {
    session.disconnect();
  }
}

/** The same of a program in another process; throws ZodError where its profile is none. */
export async function takeRemoteProfile(
  profiled: ProfiledKernel,
  profiler: RemoteProfiler,
  forNs: number,
  clock: Clock,
): Promise<CpuProfile> {
  await profiler.start(REMOTE_INTERVAL_US);
  const start = clock();
  do await profiled.plain(); while (clock() - start < forNs);
  return CpuProfile.parse(await profiler.stop());
}

/** In some runtimes the inspector's errors are plain objects. */
function asError(error: unknown): Error {
  return error instanceof Error
    ? error
    : new Error((error as { message?: string }).message ?? String(error));
}
