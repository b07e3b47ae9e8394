import assert from "node:assert/strict";
import { test } from "node:test";
import { makeTrial } from "../../tests/support/trials.ts";
import type { DryRun } from "../format/dry_run.ts";
import { dryRunText } from "./dry_run_text.ts";

test("what no earlier run timed is not called predicted", () => {
  const told = (trialNs: readonly (number | undefined)[]) => {
    const cells = trialNs.map((ns, i) => ({
      cell: makeTrial().cell,
      label: `program_${i}`,
      trials: 3,
      ...(ns !== undefined && { trialNs: ns }),
    }));
    const dryRun = { cells, from: ["a-run"], budgetSeconds: 60 } as unknown as DryRun;
    return dryRunText(dryRun, { width: 200, color: false })[1];
  };
  assert.match(
    told([undefined, undefined]),
    /^No earlier run of this machine timed these programs/,
  );
  assert.match(told([1e9, undefined]), /^Predicted from 1 earlier run .* timed program_1\.$/);
});
