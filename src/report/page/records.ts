import type { TrialRecord } from "../../format/trial_record.ts";
import { formatCount } from "../numbers.ts";
import { axesOfPlan, axisParts } from "../../summary/axes.ts";
import { programName } from "../terms.ts";
import { inStoredOrder, type RawRun, trialKey } from "./raw_run.ts";

/** A record, or a part of one, that differs between a page and a run. */
export interface RecordDifference {
  /** "run.json", or which trial: "fused_typed · deno · B = 10 · m = 1,000 · seed 1 · round 2". */
  readonly record: string;
  /** "samplesNs[3]"; absent where one side lacks the record. */
  readonly field?: string;
  /** As JSON, or "nothing". */
  readonly page: string;
  readonly run: string;
}

const NOTHING = "nothing";
const RECORD = "a record";

/** Where the records of a page differ from those of a run; the names of their folders do not count. */
export function recordDifferences(page: RawRun, run: RawRun): RecordDifference[] {
  const [ofPage, ofRun] = [page, run].map(trialsByKey);
  const keys = [...new Set([...ofPage.keys(), ...ofRun.keys()])];
  return [
    ...fieldDifferences(page.run, run.run).map((found) => ({ record: "run.json", ...found })),
    ...keys.flatMap((key): RecordDifference[] => {
      const [one, other] = [ofPage.get(key), ofRun.get(key)];
      const record = nameOf((one ?? other)!, page.run.plan);
      return one && other
        ? fieldDifferences(one, other).map((found) => ({ record, ...found }))
        : [{ record, page: one ? RECORD : NOTHING, run: other ? RECORD : NOTHING }];
    }),
  ];
}

/** A trial that is recorded twice counts as two. */
function trialsByKey({ trials }: RawRun): Map<string, TrialRecord> {
  const found = new Map<string, TrialRecord>();
  for (const trial of inStoredOrder(trials)) {
    let key = trialKey(trial);
    while (found.has(key)) key += " again";
    found.set(key, trial);
  }
  return found;
}

const nameOf = ({ cell, round }: TrialRecord, plan: RawRun["run"]["plan"]): string =>
  [
    programName(cell),
    cell.runtime,
    ...axisParts(cell, axesOfPlan(plan)),
    `B = ${formatCount(cell.batchSize)}`,
    `m = ${formatCount(cell.examples)}`,
    ...(cell.threads > 1 ? [`${cell.threads} threads`] : []),
    ...(cell.ranks === undefined ? [] : [`${cell.ranks} ranks`]),
    `seed ${cell.seed}`,
    `round ${round}`,
  ].join(" · ");

/** The deepest parts in which two values differ. */
function fieldDifferences(
  page: unknown,
  run: unknown,
  field = "",
): Omit<RecordDifference, "record">[] {
  if (isNested(page) && isNested(run) && Array.isArray(page) === Array.isArray(run)) {
    const names = [...new Set([...Object.keys(page), ...Object.keys(run)])];
    return names.flatMap((name) => {
      const part = Array.isArray(page) ? `${field}[${name}]` : field ? `${field}.${name}` : name;
      return fieldDifferences(page[name], run[name], part);
    });
  }
  return Object.is(page, run) ? [] : [{ field, page: jsonOf(page), run: jsonOf(run) }];
}

const isNested = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

const jsonOf = (value: unknown): string => value === undefined ? NOTHING : JSON.stringify(value);
