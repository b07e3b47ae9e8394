import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { CURRENT_RUNTIME } from "../base/runtime.ts";
import { chooseImplementations, emulatedImplementations, findPrograms } from "./available.ts";
import { InputError } from "../base/errors.ts";
import { errorText } from "../report/reason_words.ts";

/** This runtime, but it crashes when it is asked something that `crashes` (a pattern of the shell) matches. */
function crashingRuntime(folder: string, crashes: string): string {
  const { name, version } = CURRENT_RUNTIME;
  const path = join(folder, name);
  const answer = JSON.stringify({ path, version });
  const script = `#!/bin/sh
case "$1" in eval|-e) echo '${answer}'; exit;; esac
read -r request
case "$request" in ${crashes}) kill -SEGV $$;; esac
{ echo "$request"; cat; } | "${process.execPath}" "$@"
`;
  writeFileSync(path, script, { mode: 0o755 });
  return path;
}

async function programsWith(crashes: string) {
  const folder = mkdtempSync(join(tmpdir(), "available-test-"));
  try {
    const { name } = CURRENT_RUNTIME;
    return await findPrograms([name], { [name]: crashingRuntime(folder, crashes) }, {
      paths: [],
      pythons: [],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("a driver that crashes costs the implementations that need it, not the others", async () => {
  const [{ candidates }] = await programsWith("*unprobed*) ;; *describe*");
  const reasons = new Map(
    candidates.map((
      { name, availability },
    ) => [name, availability.available ? "available" : availability.reason.kind]),
  );
  assert.equal(reasons.get("naive_loop"), "available");
  assert.equal(reasons.get("wasm_simd"), "available");
  for (const name of ["blas_ffi", "webgpu"]) {
    assert.equal(reasons.get(name), "not-probed");
  }
});

test("a runtime that cannot describe anything is an error with the reason", async () => {
  await assert.rejects(
    programsWith("*describe*"),
    (error) =>
      error instanceof InputError &&
      /Cannot load Slope's own implementations in .*ended early/.test(errorText(error)),
  );
});

test("an emulated device is left out by default, unless it is named", async () => {
  const [programs] = await programsWith("nothing");
  const withDevice = (software: boolean) => [{
    ...programs,
    candidates: programs.candidates.map((one) =>
      one.name === "webgpu"
        ? {
          ...one,
          availability: {
            available: true as const,
            version: "Pretend 1",
            ...(software && { software }),
          },
        }
        : one
    ),
  }];
  const emulated = emulatedImplementations(withDevice(true));
  assert.deepEqual(emulated, [
    { implementation: "webgpu", reason: { kind: "software-device", device: "Pretend 1" } },
  ]);
  assert.deepEqual(emulatedImplementations(withDevice(false)), []);
  const chosen = (given?: string[], everyImplementation = false) =>
    chooseImplementations(given, withDevice(true), { everyImplementation, leftOut: emulated });
  assert.ok(!chosen().includes("webgpu"));
  assert.ok(chosen().includes("wasm_sparse"));
  assert.ok(chosen(undefined, true).includes("webgpu"));
  assert.deepEqual(chosen(["webgpu"]), ["webgpu"]);
});

test("an implementation for wide layers or for several ranks is left out where nobody asks for them", async () => {
  const programs = await programsWith("nothing");
  const left = ["native_dense", "mpi_allreduce"];
  const timedFor = (...networks: number[][]) =>
    chooseImplementations(undefined, programs, { networks });
  assert.ok(!timedFor([784, 63, 10], [784, 10]).includes("native_dense"));
  assert.ok(timedFor([784, 16, 10], [784, 16, 64, 10]).includes("native_dense"));
  const usual = chooseImplementations(undefined, programs);
  const all = chooseImplementations(undefined, programs, { everyImplementation: true });
  assert.deepEqual(all.filter((name) => !usual.includes(name)), left);
  const ranked = chooseImplementations(undefined, programs, { hasRanks: true });
  assert.deepEqual(ranked.filter((name) => !usual.includes(name)), ["mpi_allreduce"]);
  assert.ok(usual.includes("native_sparse"));
  assert.deepEqual(chooseImplementations(left, programs), left);
});
