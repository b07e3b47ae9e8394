import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  NEEDS_PACKAGE,
  npmInstall,
  onPath,
  slopeIn,
  STARTS,
  tarball,
} from "../support/installed.ts";
import { skipFor } from "../support/skips.ts";

/** Runs `work`, and adds how long it took to `told`. */
async function timed<T>(told: string[], name: string, work: () => T | Promise<T>): Promise<T> {
  const start = performance.now();
  try {
    return await work();
  } finally {
    told.push(`${name} ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
}

for (const runtime of Object.keys(STARTS)) {
  test(`in ${runtime}, an empty folder leads to an answer, and the log says how fast`, {
    ...NEEDS_PACKAGE,
    skip: NEEDS_PACKAGE.skip ?? skipFor(!onPath(runtime) && `there is no ${runtime} here`),
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "slope-first-"));
    const steps: string[] = [];
    const start = performance.now();
    try {
      await timed(
        steps,
        "npm init",
        () => execFileSync("npm", ["init", "-y"], { cwd: folder, stdio: "ignore" }),
      );
      const lacking = await timed(steps, "install", () => npmInstall(folder, [tarball()]));
      assert.equal(lacking, undefined);
      const init = await timed(steps, "slope init", () => slopeIn(folder, ["init"], { runtime }));
      assert.equal(init.code, 0, init.all);
      const bench = await timed(
        steps,
        "bench --quick",
        () => slopeIn(folder, ["bench", "--quick", "--synthetic"], { runtime }),
      );
      assert.equal(bench.code, 0, bench.all);
      assert.match(bench.stdout, /^[✓≈] /m);
    } finally {
      const all = ((performance.now() - start) / 1000).toFixed(1);
      // A goal, and no test: a busy machine takes longer.
      console.error(`empty folder → answer in ${runtime}: ${all} s (${steps.join(", ")})`);
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
