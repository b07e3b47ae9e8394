import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { CHEATS, HONEST, PRECISIONS } from "../support/cheats.ts";
import { PROJECT } from "../support/cli.ts";
import { trialOfPlugin } from "../support/contestants.ts";
import { NEEDS_COMPILER } from "../support/native.ts";
import { NEEDS_PERL, NEEDS_PYTHON } from "../support/python.ts";
import { SLOW } from "../support/slow.ts";
import { reasonOf } from "../support/trials.ts";

const optionsOf = (file: string) => ({
  ...SLOW,
  ...(file.endsWith(".py") && NEEDS_PYTHON),
  ...(file.endsWith(".c") && NEEDS_COMPILER),
  ...(file.endsWith(".pl") && NEEDS_PERL),
});

for (const [file, told] of Object.entries(CHEATS)) {
  test(`${file} is caught, and the reason says how`, optionsOf(file), async () => {
    const record = await trialOf(file);
    assert.equal(record.status, "failed");
    assert.match(reasonOf(record), told);
  });
}

for (const file of HONEST) {
  test(`${file} is not flagged`, optionsOf(file), async () => {
    const record = await trialOfPlugin(join(PROJECT, file));
    assert.equal(record.status, "ok", reasonOf(record));
    assert.ok((record.rechecks?.steps ?? 0) > 0);
  });
}

test("clocks that a program replaces are not Slope's", { ...SLOW, ...NEEDS_PYTHON }, async () => {
  const [slow, usual] = [await trialOf("python/slow_clock.py"), await trialOf("python/own_loop.py")]
    .map(({ samplesNs, epochsPerSample = 1 }) => Math.min(...samplesNs) / epochsPerSample);
  // It shows a tenth of the time; what else differs are two processes.
  assert.ok(slow > 0.3 * usual, `${slow} and ${usual} ns`);
});

const trialOf = (file: string) =>
  trialOfPlugin(join(PROJECT, "tests/red_team", file), {
    cell: { precision: PRECISIONS[file] ?? "float64" },
  });
