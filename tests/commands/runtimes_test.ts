import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { CURRENT_RUNTIME } from "../../src/base/runtime.ts";
import { unavailableText } from "../../src/report/reason_words.ts";
import { findRuntime } from "../../src/trial/runtimes.ts";
import {
  briefPlan,
  flags,
  latestTrials,
  slope,
  slopeHere,
  smallData,
  withFolder,
} from "../support/cli.ts";
import { skipFor } from "../support/skips.ts";
import { SLOW } from "../support/slow.ts";
import { reasonOf } from "../support/trials.ts";

/** The words of a sweep of the brief plan over one subset, in one round. */
const bench = (out: string, options: Record<string, string>) => [
  "bench",
  ...flags({ data: smallData(), plan: briefPlan(), out }),
  ...flags({ sizes: "200", rounds: "1", epochs: "1", ...options }),
];

const NAMES = ["deno", "bun", "node"] as const;
const found = await Promise.all(NAMES.map((name) => findRuntime(name)));

const out = mkdtempSync(join(tmpdir(), "slope-test-"));
after(() => rmSync(out, { recursive: true, force: true }));

/** One sweep in every runtime that is here; all tests of a runtime read it. */
let swept: ReturnType<typeof slope> | undefined;
const sweep = () =>
  swept ??= slope(
    bench(out, { runtimes: NAMES.filter((_, i) => found[i].available).join() }),
  );

for (const [i, name] of NAMES.entries()) {
  const one = found[i];
  const skip = skipFor(!one.available && unavailableText(one.reason));
  test(
    `trials run in ${name}, started from ${CURRENT_RUNTIME.name}`,
    { ...SLOW, skip },
    async () => {
      const { code, stderr, stdout } = await sweep();
      assert.equal(code, 0, stderr);
      const trials = latestTrials(out).filter(({ cell }) => cell.runtime === name);
      assert.equal(trials.length, 3);
      assert.ok(trials.every(({ status }) => status === "ok"));
      assert.match(stdout, /fused_typed/);
    },
  );
}

test("a runtime that is not there is skipped with the reason; the others run", SLOW, async () => {
  await withFolder(async (folder) => {
    const absent = CURRENT_RUNTIME.name === "bun" ? "node" : "bun";
    const { code, stderr } = await slopeHere(bench(folder, {
      implementations: "fused_typed",
      runtimes: `${CURRENT_RUNTIME.name},${absent}`,
      "runtime-path": `${absent}=/nowhere/at/all`,
    }));
    assert.equal(code, 0, stderr);
    const [skipped, ...others] = latestTrials(folder)
      .sort((a, b) => Number(a.status === "ok") - Number(b.status === "ok"));
    assert.equal(skipped.status, "skipped");
    assert.match(reasonOf(skipped), /unavailable.*nowhere.at.all/);
    assert.deepEqual(others.map(({ status }) => status), ["ok"]);
  });
});
