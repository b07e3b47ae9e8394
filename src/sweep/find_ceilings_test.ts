import assert from "node:assert/strict";
import { test } from "node:test";
import { SLOW } from "../../tests/support/slow.ts";
import { makeRun } from "../../tests/support/trials.ts";
import { Ceilings } from "../format/ceilings.ts";
import type { RuntimeName } from "../format/trial_record.ts";
import { findRuntime } from "../trial/runtimes.ts";
import { buffersFor, findCeilings } from "./find_ceilings.ts";
import { unavailableText } from "../report/reason_words.ts";
import { skipFor } from "../../tests/support/skips.ts";

const { plan, environment } = makeRun({ plan: { maxSampleSeconds: 0.01 } });

for (const name of ["deno", "bun", "node"] satisfies RuntimeName[]) {
  const found = await findRuntime(name);
  const skip = skipFor(!found.available && unavailableText(found.reason));
  test(`${name} measures ceilings that are positive and finite, of every kind`, {
    ...SLOW,
    skip,
  }, async () => {
    const programs = [{ name, found, candidates: [] }];
    const ceilings = await findCeilings(plan, programs, environment);
    assert.equal(ceilings.length, 1);
    const [one] = ceilings;
    assert.deepEqual(Ceilings.parse(JSON.parse(JSON.stringify(one))), one);
    assert.equal(one.runtime, name);
    assert.ok((one.unmeasured ?? []).every(({ what }) => what === "blas" || what === "native"));
    const rates = [
      ...one.arithmetic.map(({ flopPerSecond }) => flopPerSecond),
      ...one.reads.map(({ bytesPerSecond }) => bytesPerSecond),
    ];
    // From a toy processor to one of the next century.
    for (const rate of rates) assert.ok(rate > 1e7 && rate < 1e15, String(rate));
    const kinds = one.arithmetic.map(({ backEnd, threads }) => `${backEnd} ${threads}`);
    for (const kind of ["javascript 1", "wasm 1", "wasm 2"]) assert.ok(kinds.includes(kind), kind);
    const readsOf = (backEnd?: "native") =>
      one.reads.filter((read) => read.backEnd === backEnd)
        .map(({ bufferBytes, threads }) => `${bufferBytes} ${threads}`);
    const reads = [1, 2].flatMap((threads) =>
      buffersFor(environment).map((bytes) => `${bytes} ${threads}`)
    );
    assert.deepEqual(readsOf(), reads);
    // C leaves out what a busy machine does not show.
    const native = readsOf("native");
    assert.deepEqual(native, reads.filter((one) => native.includes(one)));
    if (one.unmeasured?.some(({ what }) => what === "native")) assert.deepEqual(native, []);
  });
}

test("a runtime whose child cannot measure keeps the failure, and the others go on", async () => {
  const broken = {
    available: true,
    runtime: { name: "node", version: "0", path: "/nowhere/node" },
  } as const;
  const [one] = await findCeilings(
    plan,
    [{ name: "node", found: broken, candidates: [] }],
    environment,
  );
  assert.deepEqual(Ceilings.parse(one), one);
  assert.deepEqual([one.arithmetic, one.reads], [[], []]);
  const [unmeasured] = one.unmeasured ?? [];
  assert.ok(unmeasured.what === "everything" && unmeasured.failure.kind === "cannot-start");
});

test("buffers fit half of the level 2 cache, a large level 3, and no small machine's memory", () => {
  const sizes = (caches: { l2?: number; l3?: number }, memoryBytes = 2 ** 33) =>
    buffersFor({ ...environment, cachesBytes: caches, memoryBytes }).map((bytes) =>
      bytes / 2 ** 20
    );
  assert.deepEqual(sizes({ l2: 2 ** 21, l3: 2 ** 25 }), [1, 16, 256]);
  assert.deepEqual(sizes({ l2: 2 ** 20, l3: 3 * 2 ** 20 }), [0.5, 1.5, 256]);
  assert.deepEqual(sizes({}), [0.25, 256]);
  assert.deepEqual(sizes({}, 2 ** 29), [0.25, 64]);
});
