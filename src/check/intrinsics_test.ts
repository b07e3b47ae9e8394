import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { faultText } from "../report/fault_words.ts";
import { noteIntrinsics } from "./intrinsics.ts";

const noted = noteIntrinsics();
const fault = (): string | undefined => {
  const found = noted();
  return found && faultText(found);
};

test("an untouched process has no fault, however much it computes", async () => {
  await new Promise((resolve) => setImmediate(resolve));
  Float64Array.from([1, 2, 3]).slice().fill(0);
  assert.equal(fault(), undefined);
});

/** Sets owner[key] to `value` for one check, then restores it. */
function faultWith(owner: object, key: string, value: unknown): string | undefined {
  const before = Object.getOwnPropertyDescriptor(owner, key);
  Object.defineProperty(owner, key, {
    value,
    configurable: true,
    writable: true,
    enumerable: before?.enumerable ?? true,
  });
  try {
    return fault();
  } finally {
    if (before) Object.defineProperty(owner, key, before);
    else delete (owner as Record<string, unknown>)[key];
  }
}

const slow = () => 0;
for (
  const [owner, key, name] of [
    [performance, "now", "performance.now"],
    [Date, "now", "Date.now"],
    [globalThis, "Date", "Date"],
    [globalThis, "performance", "performance"],
    [process, "hrtime", "process.hrtime"],
    [process.hrtime, "bigint", "process.hrtime.bigint"],
    [Math, "exp", "Math.exp"],
    [JSON, "stringify", "JSON.stringify"],
    [Promise.prototype, "then", "Promise.prototype.then"],
    [Object.getPrototypeOf(Float64Array.prototype), "fill", "TypedArray.prototype.fill"],
    [process.stdout, "write", "process.stdout.write"],
  ] as const
) {
  test(`a replaced ${name} is named`, () => {
    assert.equal(faultWith(owner, key, slow), `it replaced ${name}`);
    assert.equal(fault(), undefined);
  });
}

test("additions to every array or object are named", () => {
  assert.equal(faultWith(Object.prototype, "toJSON", slow), "it added Object.prototype.toJSON");
  assert.equal(faultWith(Array.prototype, "toJSON", slow), "it added Array.prototype.toJSON");
  assert.equal(
    faultWith(Float64Array.prototype, "slice", slow),
    "it added Float64Array.prototype.slice",
  );
});

test("finding replacements does not rely on replaceable functions", () => {
  const before = Object.getOwnPropertyDescriptor;
  const { ownKeys } = Reflect;
  Object.getOwnPropertyDescriptor = () => undefined;
  Reflect.ownKeys = () => [];
  try {
    assert.match(fault() ?? "", /it replaced (Reflect.ownKeys|Object.getOwnPropertyDescriptor)/);
  } finally {
    Object.getOwnPropertyDescriptor = before;
    Reflect.ownKeys = ownKeys;
  }
});
