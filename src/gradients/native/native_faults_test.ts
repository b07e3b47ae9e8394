import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { networkOf, problemOf } from "../../../tests/support/problems.ts";
import { CURRENT_RUNTIME } from "../../base/runtime.ts";
import { availabilityOf } from "../availability.ts";
import type { SyncKernel } from "../contract.ts";
import { nativeDense } from "./native_dense.ts";
import { nativeSparse } from "./native_sparse.ts";
import { skipFor } from "../../../tests/support/skips.ts";

const answer = await availabilityOf(nativeSparse);
const skip = skipFor(!answer.available && answer.reason);
const PROGRAM = fileURLToPath(new URL("../../../tests/support/open_native.ts", import.meta.url));

/** What the program says of native_sparse in a process of its own, with this environment and permissions. */
function openElsewhere(
  env: Record<string, string>,
  { permissions = ["--allow-all"], before = [] as readonly string[] } = {},
): Record<string, unknown> {
  const run = CURRENT_RUNTIME.name === "deno" ? ["run", "--no-check", ...permissions] : [];
  const [command, ...args] = [...before, process.execPath, ...run, PROGRAM];
  const options = { encoding: "utf8", env: { ...process.env, ...env } } as const;
  const { stdout, stderr } = spawnSync(command, args, options);
  const last = stdout.trim().split("\n").at(-1) ?? "";
  assert.match(last, /^\{/, stderr);
  return JSON.parse(last);
}

function inFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "native-faults-"));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("where nothing fails, another process opens the kernel and computes", { skip }, () => {
  assert.ok(Number(openElsewhere({}).loss) > 0);
});

test("without permission for native libraries it is unavailable and says so", {
  skip: skip || skipFor(CURRENT_RUNTIME.name !== "deno" && "only Deno has permissions"),
}, () => {
  const permissions = ["--allow-read", "--allow-write", "--allow-env", "--allow-run"];
  const told = openElsewhere({}, { permissions });
  assert.equal(told.available, false);
  assert.match(String(told.reason), /--allow-ffi|ffi/);
});

test("a cache on a file system without programs is a reason with a hint", {
  skip: skip ||
    skipFor(!canMount() && "this system lets nobody mount a file system (unshare -rm)"),
}, () => {
  inFolder((folder) => {
    const mount = `mount -t tmpfs -o noexec tmpfs "$0" && exec "$@"`;
    const before = ["unshare", "-rm", "sh", "-c", mount, folder];
    const told = openElsewhere({ XDG_CACHE_HOME: folder }, { before });
    assert.equal(told.available, false);
    assert.match(String(told.reason), /cannot open .*\.so: .*noexec, set XDG_CACHE_HOME/);
  });
});

test("threads that cannot start are an error with a hint", {
  skip: skip ||
    skipFor(process.platform !== "linux" && "libraries are preloaded on Linux alone"),
}, () => {
  inFolder((folder) => {
    // The kernel's own threads alone: the runtime needs some, too.
    const source = join(folder, "no_threads.c");
    writeFileSync(
      source,
      `#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*work)(void *), void *context) {
  Dl_info caller;
  if (dladdr(__builtin_return_address(0), &caller) && strstr(caller.dli_fname, "/native/sparse-")) return EAGAIN;
  int (*create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) = dlsym(RTLD_NEXT, "pthread_create");
  return create(thread, attributes, work, context);
}
`,
    );
    const library = join(folder, "no_threads.so");
    execFileSync("cc", ["-shared", "-fPIC", "-o", library, source, "-ldl"]);
    const told = openElsewhere({ LD_PRELOAD: library });
    assert.match(
      String(told.error),
      /Cannot open the kernel: memory or 2 threads are lacking; use/,
    );
  });
});

test("more layers than a kernel has room for are refused with their number", { skip }, async () => {
  const deep = problemOf(networkOf([4, ...new Array(65).fill(2)]), 2, 2);
  for (const implementation of [nativeSparse, nativeDense]) {
    await assert.rejects(
      async () => await implementation.open(deep),
      /65 layers of weights, expected at most 64/,
    );
  }
});

test("a minibatch longer than was announced is refused with its length", { skip }, async () => {
  const problem = problemOf(networkOf([4, 3, 2]), 12, 8);
  for (const implementation of [nativeSparse, nativeDense]) {
    const kernel = await implementation.open({ ...problem, threads: 2 }) as SyncKernel;
    const rows = Uint32Array.from({ length: 9 }, (_, n) => n);
    const told = /the minibatch has 9 examples, expected at most 8; open the kernel for more/;
    assert.throws(() => kernel.lossAndGradient(rows), told);
    assert.throws(() => kernel.step!(rows, 1), told);
    assert.ok(Number.isFinite(kernel.lossAndGradient(rows.subarray(1))));
    await kernel[Symbol.asyncDispose]();
  }
});

test("native_dense takes more pixels than native_sparse can number", { skip }, async () => {
  const wide = problemOf(networkOf([65_537, 2, 2]), 3, 3);
  const kernel = await nativeDense.open(wide);
  kernel.parameters.fill(0);
  // Every neuron says one half: ½ · 2 · ¼.
  assert.equal(await kernel.lossAndGradient(Uint32Array.of(0, 1, 2)), 0.25);
  await kernel[Symbol.asyncDispose]();
});

function canMount(): boolean {
  const { status } = spawnSync("unshare", ["-rm", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]);
  return status === 0;
}
