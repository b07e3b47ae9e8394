import { InputError } from "../base/errors.ts";
import type { ComparisonNote } from "../format/comparison.ts";
import type { RunFile } from "../format/plan.ts";
import { fieldsThatDecide, PLAN_FIELDS } from "../format/plan_fields.ts";
import { optionText } from "../report/plan_words.ts";
import { hostsName } from "../summary/hosts_of.ts";

/** A property that two runs must share for any of their cells to be compared, and what to do about a difference. */
interface Requirement {
  readonly what: string;
  readonly of: (run: RunFile) => string | number;
  readonly hint: string;
}

const MACHINE = "run both on one machine; times of different machines say nothing about the code";
const DATA = "run both on the same data (--data, --synthetic)";
const PLAN = "run both with the same options; `report RUN` shows those of a run";

const REQUIREMENTS: readonly Requirement[] = [
  { what: "CPU", of: ({ environment }) => environment.cpu, hint: MACHINE },
  { what: "cores", of: ({ environment }) => environment.cores, hint: MACHINE },
  { what: "architecture", of: ({ environment }) => environment.arch, hint: MACHINE },
  ...(["trainImages", "trainLabels"] as const).map((file): Requirement => ({
    what: `SHA-256 of ${file}`,
    of: ({ data }) => data.sha256[file],
    hint: DATA,
  })),
  ...fieldsThatDecide("every cell").map((name): Requirement => ({
    what: PLAN_FIELDS[name].label,
    of: ({ plan }) =>
      plan[name] === undefined ? "not given" : optionText(PLAN_FIELDS[name], plan[name]),
    hint: PLAN,
  })),
];

/** Throws InputError, naming all that differs, where no cell of the two runs can be compared. */
export function checkComparable(a: RunFile, b: RunFile): void {
  const different = REQUIREMENTS.filter(({ of }) => of(a) !== of(b));
  if (different.length === 0) return;
  const told = different.map(({ what, of }) =>
    `${what} is ${shorten(of(a))} in A and ${shorten(of(b))} in B`
  );
  throw new InputError(
    `Cannot compare the runs: ${told.join("; ")}, expected the same in both`,
    different[0].hint,
  );
}

/** Equal for runs that can be compared, and for no others. */
export const comparableKey = (run: RunFile): string =>
  JSON.stringify(REQUIREMENTS.map(({ of }) => of(run)));

/** A digest by its first twelve digits. */
const shorten = (value: string | number): string =>
  /^[0-9a-f]{64}$/.test(String(value)) ? `${String(value).slice(0, 12)}…` : String(value);

/** What differs between runs that can be compared all the same. */
export function environmentNotes(a: RunFile, b: RunFile): ComparisonNote[] {
  const [ofA, ofB] = [a.environment, b.environment];
  const versions: Record<string, string | undefined> = { ...ofB.runtimes, ...ofB.peers };
  const notes = [
    ...Object.entries({ ...ofA.runtimes, ...ofA.peers })
      .map(([name, a = ""]) => ({ kind: "version" as const, name, a, b: versions[name] ?? "" })),
    { kind: "host" as const, a: hostsName(a), b: hostsName(b) },
    { kind: "system" as const, a: ofA.os, b: ofB.os },
  ];
  return notes.filter(({ a, b }) => a !== "" && b !== "" && a !== b);
}
