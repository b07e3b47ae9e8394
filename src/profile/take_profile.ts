import process from "node:process";
import { fileURLToPath } from "node:url";
import { timestamp } from "../base/clock.ts";
import { known } from "../base/known.ts";
import { ask } from "../trial/ask.ts";
import type { ProfileRequest } from "../format/request.ts";
import type { Failure } from "../format/reason.ts";
import { FORMAT_VERSION } from "../format/trial_record.ts";
import { permissionsOf } from "../trial/permissions.ts";
import { trainedCell, type TrialOptions } from "../trial/run_trial.ts";
import type { CpuProfile, ProfileRecord } from "../format/profile_record.ts";

type ProfileOptions = Omit<
  ProfileRequest,
  "type" | "keepWrong" | keyof ReturnType<typeof trainedCell>
>;

export interface Profile {
  readonly record: ProfileRecord;
  readonly cpuProfile?: CpuProfile;
}

/** Profiles the implementation of a trial's cell in a process of its own. Returns undefined when interrupted. */
export async function takeProfile(
  options: TrialOptions,
  asked: ProfileOptions,
): Promise<Profile | { failed: Failure } | undefined> {
  const { cell, keepWrong } = options.request;
  const startedAt = timestamp();
  const permissions = permissionsOf(options);
  const { needs, libraries } = permissions;
  const counterLibrary = asked.cpuProfile ? pathOfCounters() : undefined;
  const request: ProfileRequest = {
    type: "profile",
    ...trainedCell(options.request),
    keepWrong,
    ...asked,
  };
  const answer = await ask(options.runtime, request, {
    permissions: {
      ...permissions,
      inspector: asked.cpuProfile,
      // With FFI and no named libraries, a program may open all of them.
      ...(counterLibrary !== undefined && (libraries || !needs.includes("ffi")) && {
        libraries: [...libraries ?? [], counterLibrary],
      }),
    },
    timeoutMs: options.timeoutMs,
    signal: options.signal,
    onLog: options.onLog,
    environment: options.environment,
  });
  if (answer.ended === "aborted") return undefined;
  if (answer.ended === "failed") return { failed: answer.failure };
  const { reply: { cpuProfile, programPeakRssBytes, ...measured } } = answer;
  const { peakRssBytes = undefined } = programPeakRssBytes === undefined
    ? answer
    : { peakRssBytes: programPeakRssBytes };
  const about = { schema: FORMAT_VERSION, cell, startedAt } as const;
  const record: ProfileRecord = { ...about, ...measured, ...known({ peakRssBytes }) };
  return known({ record, cpuProfile });
}

/** Path of the native part of @mitata/counters; undefined where the package is not installed. */
function pathOfCounters(): string | undefined {
  try {
    const module = import.meta.resolve("@mitata/counters");
    return fileURLToPath(new URL(`../dist/${process.arch}-${process.platform}.node`, module));
  } catch {
    return undefined; // the process that profiles says so, among the counters
  }
}
