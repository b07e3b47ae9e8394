import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CURRENT_RUNTIME } from "../../src/base/runtime.ts";
import { writePrepared } from "../../src/data/prepared.ts";
import { syntheticDigits } from "../../src/data/synthetic.ts";
import { PROTOCOL_VERSION } from "../../src/format/protocol_version.ts";
import type { RunRequest } from "../../src/format/request.ts";
import type { RuntimeName, TrialRecord } from "../../src/format/trial_record.ts";
import { findRuntime, type FoundRuntime } from "../../src/trial/runtimes.ts";
import { runTrial } from "../../src/trial/run_trial.ts";
import { PROJECT, withFolder } from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";
import { reasonOf } from "../support/trials.ts";
import { unavailableText } from "../../src/report/reason_words.ts";
import { skipFor } from "../support/skips.ts";

const FOLDER = join(PROJECT, "tests/red_team");

interface Cheat {
  readonly name: string;
  /** What the reason must say. */
  readonly explanation: RegExp;
  readonly precision?: "float32";
  /** The minibatch is the whole subset. */
  readonly full?: true;
  /** It changes the runtime, so it is tried in every runtime, not only in this one. */
  readonly everywhere?: true;
  /** It cheats only in this runtime. */
  readonly only?: RuntimeName;
}

const CHEATS: readonly Cheat[] = [
  {
    name: "cached_gradient",
    explanation: /wrong in a timed step.*an earlier call's gradient for another minibatch/,
  },
  {
    name: "does_nothing",
    explanation: /wrong gradient: .*its gradient is 0 everywhere: it computes nothing/,
  },
  {
    name: "first_calls_only",
    explanation: /does not write its gradient; .*it was right only in its first calls/,
  },
  {
    name: "loss_alone",
    explanation: /wrong in a timed step.*does not write its gradient/,
  },
  { name: "lazy_microtask", explanation: /wrote its gradient after it had returned/ },
  {
    name: "lazy_promise",
    explanation: /lossAndGradient returned a promise from a synchronous kernel/,
  },
  {
    name: "unawaited_work",
    explanation: /wrote its gradient after it had returned, so some of its work is not awaited/,
  },
  { name: "changes_pixels", explanation: /^open: it changed the pixels of row \d+ of the data$/ },
  { name: "changes_labels", explanation: /it changed the label of row \d+ of the data$/ },
  { name: "sorts_batch", explanation: /it changed the minibatch's row numbers$/ },
  { name: "moves_parameters", explanation: /wrong in a timed step.*it changed the parameters; / },
  { name: "stale_output", explanation: /wrong gradient: .*its gradient is the previous call's/ },
  {
    name: "rarely_works",
    explanation: /wrong in a timed step.*does not write its gradient/,
  },
  { name: "half_batch", explanation: /wrong in a timed step.*it leaves out 5 of the 10 rows/ },
  {
    name: "half_precision",
    precision: "float32",
    explanation: /wrong gradient: .*as large as that of half precision .*but float32 is declared/,
  },
  {
    name: "half_precision_later",
    precision: "float32",
    explanation: /wrong in a timed step.*is a float16 number, but float32 is declared/,
  },
  {
    name: "single_precision",
    explanation: /it has the accuracy of float32, but float64 is declared/,
  },
  {
    name: "remembers_rows",
    explanation: /trained parameters.*its gradient is the one for the initial parameters/,
  },
  {
    name: "remembers_point",
    full: true,
    explanation: /wrong in a timed step.*an earlier call's gradient for other parameters/,
  },
  {
    name: "works_between_samples",
    full: true,
    explanation: /wrong in a timed step.*it computes between its calls, off the clock/,
  },
  {
    name: "knows_nan",
    explanation:
      /right only if its gradient holds NaN before the call, .*; .*it detects verification/,
  },
  {
    name: "knows_lengths",
    explanation: /it is right when verified again, so it detects verification/,
  },
  {
    name: "skips_updates",
    explanation: /wrong in a timed step.*descend\(.*\) turned parameter \d+/,
  },
  {
    name: "wrong_step",
    explanation:
      /wrong gradient: .*its step makes another update than its gradient, which is right/,
  },
  {
    name: "half_steps",
    explanation: /wrong in a timed step.*weight gradient of layer 1.*right only in its first calls/,
  },
  { name: "not_a_number", explanation: /wrong in a timed step.*element 0 is NaN/ },
  { name: "swaps_gradient", explanation: /it replaced the array of its parameters or gradient/ },
  { name: "slow_clock", everywhere: true, explanation: /^import: it replaced performance.now$/ },
  { name: "stopped_date", everywhere: true, explanation: /it replaced Date.now$/ },
  {
    name: "slow_hrtime",
    everywhere: true,
    explanation: /^open: it replaced process.hrtime.bigint$/,
  },
  {
    name: "slow_nanoseconds",
    everywhere: true,
    only: "bun",
    explanation: /^import: it replaced Bun.nanoseconds$/,
  },
  {
    name: "forges_messages",
    everywhere: true,
    explanation: /^a plug-in writes messages in the harness's name: /,
  },
  {
    name: "rewrites_samples",
    everywhere: true,
    explanation: /^import: it added Array.prototype.toJSON$/,
  },
];

/** Runs one trial of a plug-in of this folder in a process of its own, as a sweep does. */
async function trialOf(cheat: Pick<Cheat, "name" | "precision" | "full">, runtime: FoundRuntime) {
  assert.ok(runtime.available);
  const examples = 200;
  let record: TrialRecord | undefined;
  await withFolder(async (folder) => {
    const data = writePrepared(
      folder,
      { train: syntheticDigits(examples, 1, "train"), test: syntheticDigits(50, 1, "test") },
      1,
      examples,
    );
    const request: RunRequest = {
      type: "run",
      protocol: PROTOCOL_VERSION,
      plugin: join(FOLDER, `${cheat.name}.ts`),
      cell: {
        implementation: cheat.name,
        runtime: runtime.runtime.name,
        examples,
        batchSize: cheat.full ? examples : 10,
        layerSizes: [784, 8, 10],
        hiddenActivation: "sigmoid",
        outputLoss: "sigmoid-quadratic",
        rate: 1,
        precision: cheat.precision ?? "float64",
        threads: 1,
        seed: 1,
      },
      data,
      initialisation: "scaled-normal",
      keepWrong: false,
      training: { epochs: 4 },
      sampling: { engine: "ordered", budgetNs: 5e7, minSamples: 3, minSampleNs: 1e6 },
    };
    record = await runTrial({
      runtime: runtime.runtime,
      request,
      round: 1,
      needs: [],
      timeoutMs: 60_000,
    });
  });
  assert.ok(record);
  return record;
}

const ALL: readonly RuntimeName[] = ["deno", "bun", "node"];
const runtimes = new Map(
  await Promise.all(ALL.map(async (name) => [name, await findRuntime(name)] as const)),
);

const skipOf = (found: FoundRuntime | undefined) =>
  found?.available
    ? {}
    : { skip: skipFor(found ? unavailableText(found.reason) : "not looked for") };

for (const cheat of CHEATS) {
  for (const name of ALL) {
    if (cheat.only !== undefined && cheat.only !== name) continue;
    if (name !== CURRENT_RUNTIME.name && !cheat.everywhere) continue;
    const found = runtimes.get(name)!;
    test(
      `${cheat.name} is caught in ${name}, and the reason says how`,
      { ...SLOW, ...skipOf(found) },
      async () => {
        const record = await trialOf(cheat, found);
        assert.equal(record.status, "failed");
        assert.match(reasonOf(record), cheat.explanation);
      },
    );
  }
}

for (const name of ALL) {
  const found = runtimes.get(name)!;
  test(
    `the honest one of the folder passes in ${name}`,
    { ...SLOW, ...skipOf(found) },
    async () => {
      const record = await trialOf({ name: "honest" }, found);
      assert.equal(record.status, "ok", reasonOf(record));
      assert.ok((record.rechecks?.steps ?? 0) >= 3);
    },
  );
}

test("every cheat of the folder is tried, and there are at least twelve", () => {
  const files = readdirSync(FOLDER)
    .filter((file) => file.endsWith(".ts") && !file.endsWith("_test.ts"))
    .map((file) => file.replace(".ts", ""));
  const tried = [...CHEATS.map(({ name }) => name), "honest", "work"];
  assert.deepEqual(files.sort(), tried.sort());
  assert.ok(CHEATS.length >= 12);
});
