import { InputError } from "../base/errors.ts";
import { known } from "../base/known.ts";
import type { DataSource } from "../data/schemas.ts";
import type { Environment, LeftOut } from "../format/plan.ts";
import type { Network } from "../model/network.ts";
import type { ReferenceWarning } from "./earlier_code.ts";

/** What the user should know before a sweep starts. */
export type StartWarning =
  | ReferenceWarning
  /** What trials before and after this start do not share; `now` is absent where it is gone. */
  | {
    readonly kind: "environment-changed";
    readonly what: string;
    readonly before: string;
    readonly now?: string;
  }
  /** A program has cells of these networks only: it computes no others. */
  | {
    readonly kind: "own-networks";
    readonly program: string;
    readonly networks: readonly Network[];
  }
  /** The default plan does without it. */
  | { readonly kind: "left-out" } & LeftOut
  /** The last line of the journal was unfinished, and is left out. */
  | { readonly kind: "line-cut"; readonly path: string; readonly bytes: number };

/** What changed of the machine and its software since a run began. */
export function environmentChanges(before: Environment, now: Environment): StartWarning[] {
  // Another commit says enough.
  const isSameCommit = before.gitCommit === now.gitCommit;
  const told = (environment: Environment): Record<string, string> => ({
    host: environment.host,
    CPU: environment.cpu,
    cores: String(environment.cores),
    Slope: environment.slope,
    "git commit": environment.gitCommit ?? "unknown",
    ...(isSameCommit && environment.codeSha256 !== undefined &&
      { "code of Slope": `${environment.codeSha256.slice(0, 12)}…` }),
    ...environment.runtimes,
    ...environment.peers,
  });
  const [old, current] = [told(before), told(now)];
  return Object.keys(old)
    .filter((key) => old[key] !== current[key])
    .map((what) => ({
      kind: "environment-changed",
      what,
      before: old[what],
      ...known({ now: current[what] }),
    }));
}

/** Throws InputError, which begins with `problem`, for other data than before. */
export function checkSameData(before: DataSource, now: DataSource, problem: string): void {
  for (const [file, sha256] of Object.entries(before.sha256)) {
    const other = now.sha256[file as keyof DataSource["sha256"]];
    if (other !== sha256) {
      throw new InputError(
        `${problem}: its ${file} have SHA-256 ${sha256.slice(0, 12)}…, the data at hand ` +
          `(${now.source}) ${other.slice(0, 12)}…`,
        "name the folder of the same data with --data, or start a new run",
      );
    }
  }
}
