import assert from "node:assert/strict";
import { test } from "node:test";
import { processFilter } from "./process_filter.ts";

const X64 = 0xc000003e;
const ARM64 = 0xc00000b7;
const [ALLOW, NOT_PERMITTED, NOT_IMPLEMENTED] = [0x7fff0000, 0x00050001, 0x00050026];

/** What the kernel would answer: runs the program on the words of struct seccomp_data. */
function answer(
  architecture: string,
  audit: number,
  number: number,
  first = 0,
  seesOthers = false,
): number {
  const program = new DataView(processFilter(architecture, seesOthers)!.buffer);
  const data = new Map([[0, number], [4, audit], [16, first]]);
  let accumulator = 0;
  for (let n = 0; n < program.byteLength / 8; n++) {
    const [code, isTrue, isFalse, k] = [
      program.getUint16(8 * n, true),
      program.getUint8(8 * n + 2),
      program.getUint8(8 * n + 3),
      program.getUint32(8 * n + 4, true),
    ];
    const jump = (condition: boolean) => n += condition ? isTrue : isFalse;
    if (code === 0x20) accumulator = data.get(k)!;
    else if (code === 0x15) jump(accumulator === k);
    else if (code === 0x35) jump(accumulator >= k);
    else if (code === 0x45) jump((accumulator & k) !== 0);
    else if (code === 0x06) return k;
    else throw new Error(`no instruction has the code ${code}`);
  }
  throw new Error("the program has no end");
}

test("threads may start, other processes may not", () => {
  const [CLONE, FORK, VFORK, CLONE3] = [56, 57, 58, 435];
  assert.equal(answer("x64", X64, CLONE, 0x3d0f00), ALLOW); // as pthread_create
  assert.equal(answer("x64", X64, CLONE, 0x1200011), NOT_PERMITTED); // as fork
  assert.equal(answer("x64", X64, CLONE, 0x4111), NOT_PERMITTED); // as posix_spawn
  assert.equal(answer("x64", X64, FORK), NOT_PERMITTED);
  assert.equal(answer("x64", X64, VFORK), NOT_PERMITTED);
  assert.equal(answer("x64", X64, CLONE3), NOT_IMPLEMENTED);
  assert.equal(answer("arm64", ARM64, 220, 0x3d0f00), ALLOW);
  assert.equal(answer("arm64", ARM64, 220, 17), NOT_PERMITTED);
});

test("sockets of the network are refused, those of this machine are not", () => {
  const [UNIX, INET, INET6, NETLINK, PACKET] = [1, 2, 10, 16, 17];
  for (const [name, audit, socket] of [["x64", X64, 41], ["arm64", ARM64, 198]] as const) {
    assert.equal(answer(name, audit, socket, UNIX), ALLOW);
    for (const family of [INET, INET6, NETLINK, PACKET]) {
      assert.equal(answer(name, audit, socket, family), NOT_PERMITTED, `${family}`);
    }
  }
});

test("what has other numbers is refused as a whole", () => {
  const I386 = 0x40000003;
  assert.equal(answer("x64", I386, 11), NOT_IMPLEMENTED);
  assert.equal(answer("x64", X64, 0x40000000 + 56, 17), NOT_IMPLEMENTED);
  assert.equal(answer("x64", X64, 0), ALLOW); // read
  assert.equal(answer("x64", X64, 272), NOT_PERMITTED); // unshare
  assert.equal(processFilter("riscv64"), undefined);
});

test("keys of the user and memory of other processes are refused", () => {
  for (const number of [248, 249, 250, 310, 311, 438]) {
    assert.equal(answer("x64", X64, number), NOT_PERMITTED, `${number}`);
  }
  for (const number of [217, 218, 219, 270, 271, 438]) {
    assert.equal(answer("arm64", ARM64, number), NOT_PERMITTED, `${number}`);
  }
});

test("a process that sees others sends no signals and sets no limits of theirs", () => {
  for (
    const [name, audit, kill, prlimit] of [["x64", X64, 62, 302], [
      "arm64",
      ARM64,
      129,
      261,
    ]] as const
  ) {
    for (const number of [kill, 424]) {
      assert.equal(answer(name, audit, number, 1), ALLOW);
      assert.equal(answer(name, audit, number, 1, true), NOT_PERMITTED);
    }
    assert.equal(answer(name, audit, prlimit, 0, true), ALLOW);
    assert.equal(answer(name, audit, prlimit, 1, true), NOT_PERMITTED);
    assert.equal(answer(name, audit, prlimit, 1), ALLOW);
  }
});
