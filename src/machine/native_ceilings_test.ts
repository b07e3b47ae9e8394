import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { availabilityOf } from "../gradients/availability.ts";
import { NATIVE_SOURCE } from "../gradients/native/compiled_library.ts";
import { nativeSparse } from "../gradients/native/native_sparse.ts";
import { nativeCeilings } from "./native_ceilings.ts";
import { skipFor } from "../../tests/support/skips.ts";

const answer = await availabilityOf(nativeSparse);
const skip = skipFor(!answer.available && answer.reason);

test("native loops give rates for one and for all threads, and for every buffer", {
  skip,
}, async () => {
  const found = await nativeCeilings(2, [64 * 1024, 2 ** 20], 5e6);
  assert.ok(!("unavailable" in found));
  // What a busy machine does not show is left out.
  const kinds = [
    ...found.arithmetic.map(({ threads }) => `${threads}`),
    ...found.reads.map(({ threads, bufferBytes }) => `${threads} ${bufferBytes}`),
  ];
  const all = ["1", "2", "1 65536", "1 1048576", "2 65536", "2 1048576"];
  assert.deepEqual(kinds, all.filter((kind) => kinds.includes(kind)));
  // No loop was left out by the compiler, and each ran: from slow single steps to far beyond any processor.
  for (const { flopPerSecond } of found.arithmetic) {
    assert.ok(flopPerSecond > 1e6 && flopPerSecond < 1e14, String(flopPerSecond));
  }
  for (const { bytesPerSecond } of found.reads) {
    assert.ok(bytesPerSecond > 1e6 && bytesPerSecond < 1e14, String(bytesPerSecond));
  }
});

test("a thread whose time is up goes on until all are done", { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), "native-ceilings-"));
  try {
    // The second thread waits until the first has worked for four times its budget.
    const source = `#include "ceilings.c"
#include <stdio.h>
static _Atomic int calls;
static void works(const loops *own, int32_t thread, int64_t times) {
  const double end = clock_ns(CLOCK_THREAD_CPUTIME_ID) + 1e6;
  while (clock_ns(CLOCK_THREAD_CPUTIME_ID) < end) PAUSE();
  const double last = clock_ns(CLOCK_MONOTONIC) + 5e9;
  if (thread == 0) calls++;
  else while (calls < 40 && clock_ns(CLOCK_MONOTONIC) < last) sched_yield();
}
int main(void) {
  loops *own = open_loops(2, 65536);
  rate_of(own, works, 1, 10);
  printf("%d", calls >= 40);
  close_loops(own);
}
`;
    const [file, program] = [join(folder, "both.c"), join(folder, "both")];
    writeFileSync(file, source);
    const flags = ["-std=gnu11", "-O1", "-Wno-psabi", "-pthread", "-I", NATIVE_SOURCE];
    execFileSync("cc", [...flags, "-o", program, file, "-lm"]);
    assert.equal(execFileSync(program, { encoding: "utf8" }), "1");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
