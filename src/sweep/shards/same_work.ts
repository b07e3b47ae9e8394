import { InputError } from "../../base/errors.ts";
import { isJavaScript } from "../../base/runtime.ts";
import type { DataSource } from "../../data/schemas.ts";
import type { Environment, PlanInput } from "../../format/plan.ts";
import { PLAN_FIELD_NAMES, PLAN_FIELDS } from "../../format/plan_fields.ts";

/** Something that the shards of one run must have in common, and two of them have not. */
export interface Difference {
  readonly what: string;
  readonly a: string;
  readonly b: string;
}

/** Fields of two plans, or of what was given for them. */
export const planDifferences = (a: PlanInput, b: PlanInput): Difference[] =>
  differing(PLAN_FIELD_NAMES.map((name) => ({
    what: PLAN_FIELDS[name].label,
    a: textOf(a[name]),
    b: textOf(b[name]),
  })));

/**
 * The code that is measured, and what runs it. A machine may lack Python or a peer: their trials are skipped there. Two
 * checkouts of one commit that were changed differ by their digests.
 */
export function codeDifferences(a: Environment, b: Environment): Difference[] {
  const versions = (
    { slope, gitCommit, codeSha256, runtimes, peers }: Environment,
  ): Record<string, string | undefined> => ({
    Slope: slope,
    "commit of Slope": gitCommit,
    ...(codeSha256 !== undefined && { [CODE]: shortDigest(codeSha256) }),
    ...runtimes,
    ...peers,
  });
  const mayLack = new Set([
    CODE, // it could not be read
    ...[a, b].flatMap(({ runtimes, peers = {} }) => [
      ...Object.keys(runtimes).filter((name) => !isJavaScript(name)),
      ...Object.keys(peers),
    ]),
  ]);
  const [ofA, ofB] = [versions(a), versions(b)];
  const names = [...new Set([...Object.keys(ofA), ...Object.keys(ofB)])];
  return differing(
    names.filter((name) => !mayLack.has(name) || name in ofA && name in ofB).map((what) => ({
      what,
      a: ofA[what] ?? "absent",
      b: ofB[what] ?? "absent",
    })),
  );
}

/** Digests of the images and labels that are used, by their first digits. */
export const dataDifferences = (
  a: DataSource["sha256"],
  b: DataSource["sha256"],
): Difference[] => fileDifferences({ ...a }, { ...b });

/** Files by their paths, with the first digits of their digests. */
export function fileDifferences(
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): Difference[] {
  const short = (digest: string | undefined) =>
    digest === undefined ? "absent" : shortDigest(digest);
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .filter((path) => a[path] !== b[path])
    .map((path) => ({ what: `SHA-256 of ${path}`, a: short(a[path]), b: short(b[path]) }));
}

const CODE = "SHA-256 of the code of Slope";
const shortDigest = (digest: string): string => `${digest.slice(0, 12)}…`;

const differing = (all: readonly Difference[]): Difference[] => all.filter(({ a, b }) => a !== b);

const textOf = (value: unknown): string =>
  value === undefined ? "not given" : typeof value === "string" ? value : JSON.stringify(value);

/** "rounds: 4 in A, 8 in B; …". */
export const differencesText = (
  all: readonly Difference[],
  inA: string,
  inB: string,
): string => all.map(({ what, a, b }) => `${what}: ${a} ${inA}, ${b} ${inB}`).join("; ");

/** Throws InputError, which begins with `problem`, where other code would be measured than before. */
export function checkSameCode(before: Environment, now: Environment, problem: string): void {
  const differences = codeDifferences(before, now);
  if (differences.length === 0) return;
  throw new InputError(
    `${problem}: ${differencesText(differences, "when it began", "now")}`,
    "give every node the same Slope, runtimes and libraries, or measure anew in another folder by --out",
  );
}
