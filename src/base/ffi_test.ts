import assert from "node:assert/strict";
import test from "node:test";
import { openLibrary } from "./ffi.ts";
import { CURRENT_RUNTIME } from "./runtime.ts";

/** The C library, which every system has, at its usual places. */
const C_LIBRARY = [
  "/lib/x86_64-linux-gnu/libc.so.6",
  "/lib/aarch64-linux-gnu/libc.so.6",
  "/lib64/libc.so.6",
  "/usr/lib/libc.so.6",
  "/usr/lib/libSystem.B.dylib",
];

const STRINGS = {
  abs: { parameters: ["i32"], result: "i32" },
  memchr: { parameters: ["buffer", "i32", "usize"], result: "pointer" },
  strncpy: { parameters: ["buffer", "pointer", "usize"], result: "pointer" },
} as const;

const skip = CURRENT_RUNTIME.name === "node" ? "Node cannot call native libraries" : false;

test(
  "A native function takes numbers, reads an array, gives a pointer and follows one",
  { skip },
  async () => {
    const library = await openLibrary(["/no/such/library.so", ...C_LIBRARY], STRINGS);
    assert.ok(library.available, library.available ? "" : library.reason);
    const { functions, buffer } = library;
    assert.equal(functions.abs(-7), 7);
    const from = new TextEncoder().encode("..slope\0");
    const into = new Uint8Array(8);
    const found = functions.memchr(buffer(from), "s".charCodeAt(0), from.length);
    functions.strncpy(buffer(into), found, 8);
    assert.equal(new TextDecoder().decode(into), "slope\0\0\0");
    assert.equal(from.length, 8, "read after the call: until then it must not be collected");
  },
);

test("A native function writes into a part of a WebAssembly memory", { skip }, async () => {
  const library = await openLibrary(C_LIBRARY, STRINGS);
  assert.ok(library.available);
  const { functions, buffer } = library;
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const text = new TextEncoder().encode("abc\0");
  const start = functions.memchr(buffer(text), "a".charCodeAt(0), 4);
  functions.strncpy(buffer(new Uint8Array(memory.buffer, 100, 16)), start, 4);
  assert.deepEqual([...new Uint8Array(memory.buffer, 99, 5)], [0, 97, 98, 99, 0]);
  assert.equal(text.length, 4, "read after the call: until then it must not be collected");
});

test(
  "A missing library is unavailable, with a path that was tried",
  { skip },
  async () => {
    const answer = await openLibrary(["/no/such/one.so", "/no/such/other.so"], STRINGS);
    assert.ok(!answer.available);
    assert.match(answer.reason, /no library at 2 known places, such as \/no\/such\/one\.so/);
  },
);

test(
  "A library without the function that is wanted is unavailable, with its name",
  { skip },
  async () => {
    const answer = await openLibrary(C_LIBRARY, {
      slope_is_not_there: { parameters: [], result: "void" },
    });
    assert.ok(!answer.available);
    assert.match(answer.reason, /slope_is_not_there/);
  },
);

test("Node says that it cannot", { skip: skip ? false : "this is not Node" }, async () => {
  const answer = await openLibrary(C_LIBRARY, STRINGS);
  assert.deepEqual(answer.available, false);
});
