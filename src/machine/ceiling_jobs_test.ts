import assert from "node:assert/strict";
import { test } from "node:test";
import { SLOW } from "../../tests/support/slow.ts";
import { doJobsInThreads } from "./ceiling_jobs.ts";
import { loopModule } from "./ceiling_loops.ts";

const JOBS = [{ kind: "multiplyAdd", forNs: 1e6 }] as const;
const memory = () => new WebAssembly.Memory({ initial: 2, maximum: 2, shared: true });

test("threads add up to a positive rate", SLOW, async () => {
  const result = await doJobsInThreads(JOBS, 2, loopModule(2), memory());
  assert.ok("rates" in result && result.rates[0] > 0, JSON.stringify(result));
});

test("threads that fail say why", SLOW, async () => {
  const damaged = new Uint8Array([0, 1, 2, 3]);
  const result = await doJobsInThreads(JOBS, 2, damaged, memory());
  assert.ok(
    "failed" in result && /wasm|WebAssembly|magic/i.test(result.failed),
    JSON.stringify(result),
  );
});

test("threads that do not finish in time are stopped, and the report says so", SLOW, async () => {
  const slow = [{ kind: "multiplyAdd", forNs: 0 }] as const;
  const result = await doJobsInThreads(slow, 2, loopModule(2), memory(), 0);
  assert.deepEqual(result, { failed: "the threads did not finish within 0.0 s" });
});
