import { InputError } from "../base/errors.ts";
import type { RunFile } from "../format/plan.ts";

/** What two runs must share for any of their cells to be compared: how to name it, and how to read it. */
interface Requirement {
  readonly what: string;
  readonly of: (run: RunFile) => string | number;
  /** Why it matters, and what to do. */
  readonly remedy: string;
}

const MACHINE = "run both on one machine; times of different machines say nothing about the code";
const DATA = "run both on the same data (--data, --synthetic)";
const PLAN = "run both with the same options; `report RUN` shows those of a run";

const REQUIREMENTS: readonly Requirement[] = [
  { what: "CPU", of: ({ environment }) => environment.cpu, remedy: MACHINE },
  { what: "cores", of: ({ environment }) => environment.cores, remedy: MACHINE },
  { what: "architecture", of: ({ environment }) => environment.arch, remedy: MACHINE },
  // The digest of the training pixels stands for the data: a subset of others takes other time.
  ...(["trainImages", "trainLabels"] as const).map((file): Requirement => ({
    what: `SHA-256 of ${file}`,
    of: ({ data }) => data.sha256[file],
    remedy: DATA,
  })),
  { what: "timing engine", of: ({ plan }) => plan.engine, remedy: PLAN },
  // Epochs are timed at the trained point; how many pixels, activations and deltas are 0 there differs.
  { what: "training epochs", of: ({ plan }) => plan.epochs, remedy: PLAN },
  { what: "learning rate", of: ({ plan }) => plan.rate, remedy: PLAN },
  { what: "initialisation", of: ({ plan }) => plan.initialisation, remedy: PLAN },
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
    different[0].remedy,
  );
}

/** The same for runs that can be compared, and for no others. */
export const comparableKey = (run: RunFile): string =>
  JSON.stringify(REQUIREMENTS.map(({ of }) => of(run)));

/** A digest by its first twelve digits, as everywhere. */
const shorten = (value: string | number): string =>
  /^[0-9a-f]{64}$/.test(String(value)) ? `${String(value).slice(0, 12)}…` : String(value);

/** What differs between runs that can be compared all the same: whole sentences. */
export function environmentNotes(a: RunFile, b: RunFile): string[] {
  const [ofA, ofB] = [a.environment, b.environment];
  const notes: string[] = [];
  const versions = (environment: RunFile["environment"]): Record<string, string | undefined> => ({
    ...environment.runtimes,
    ...environment.peers,
  });
  const [before, after] = [versions(ofA), versions(ofB)];
  for (const name of Object.keys(before)) {
    if (after[name] !== undefined && after[name] !== before[name]) {
      notes.push(
        `${name} was ${before[name]} in A and is ${after[name]} in B: a difference may be its own.`,
      );
    }
  }
  if (ofA.host !== ofB.host) {
    notes.push(
      `A ran on host ${ofA.host}, B on ${ofB.host}, of the same kind: what differs between the two ` +
        "machines is part of the ratios.",
    );
  }
  if (ofA.os !== ofB.os) notes.push(`The system was ${ofA.os} in A and is ${ofB.os} in B.`);
  return notes;
}
