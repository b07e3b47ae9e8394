import "node:perf_hooks"; // Bun adds to Performance.prototype when a library first imports it
import process from "node:process";
import type { Fault } from "../format/fault.ts";

/** A property before any plug-in was loaded. */
interface Noted {
  readonly owner: object;
  readonly key: string | symbol;
  /** How a person writes it: "Float64Array.prototype.fill". */
  readonly name: string;
  readonly value: unknown;
}

// Kept from when this module loads, because a plug-in may replace the functions that look for replacements.
const { getOwnPropertyDescriptor, getPrototypeOf, is } = Object;
const ownKeys = Reflect.ownKeys;
const toText = String;

/** What the harness, its clock, its oracle and its messages use. */
const OBJECTS = (
  "Math JSON Reflect Atomics WebAssembly Object Array Number Promise Date Symbol"
).split(" ");
const PROTOTYPES = (
  "Object Array Function Number String Promise Date Map Set ArrayBuffer " +
  "Float32Array Float64Array Uint32Array Uint8Array Performance"
).split(" ");
const FUNCTIONS = (
  "performance process setTimeout setImmediate queueMicrotask " +
  "Float32Array Float64Array Uint32Array Uint8Array Map Set Error"
).split(" ");
const CLOCKS: readonly [owner: unknown, ownerName: string, key: string][] = [
  [performance, "performance", "now"],
  [process, "process", "hrtime"],
  [process.hrtime, "process.hrtime", "bigint"],
  [process, "process", "cpuUsage"],
  [process, "process", "resourceUsage"],
  [process, "process", "memoryUsage"],
  [process.stdout, "process.stdout", "write"],
  [process.stdout, "process.stdout", "_write"],
  [(globalThis as { Bun?: unknown }).Bun, "Bun", "nanoseconds"],
];

/**
 * Records the clocks and the language's built-in objects. The function returned says what has changed since: replaced
 * performance.now, added Object.prototype.toJSON; undefined if nothing has. Call it before any plug-in is imported. Even a well-meant replacement makes every later measurement and comparison unreliable.
 */
export function noteIntrinsics(): () => Fault | undefined {
  const noted: Noted[] = [];
  /** Objects to which nothing may be added, because all arrays or numbers would inherit it. */
  const closed: { name: string; owner: object; keys: (string | symbol)[] }[] = [];
  const world = globalThis as unknown as Record<string, unknown>;

  const note = (owner: unknown, key: string | symbol, name: string): void => {
    if (!isObject(owner)) return;
    noted.push({ owner, key, name, value: read(owner, key) });
  };
  const noteAll = (owner: unknown, name: string): void => {
    if (!isObject(owner)) return;
    for (const key of ownKeys(owner)) note(owner, key, `${name}${member(key)}`);
  };
  // Clocks first, because the first difference is the one reported.
  for (const [owner, name, key] of CLOCKS) note(owner, key, `${name}.${key}`);
  for (const name of FUNCTIONS) note(world, name, name);
  for (const name of OBJECTS) {
    note(world, name, name);
    noteAll(world[name], name);
  }
  for (const name of PROTOTYPES) {
    const prototype = (world[name] as { prototype?: unknown } | undefined)?.prototype;
    if (!isObject(prototype)) continue;
    noteAll(prototype, `${name}.prototype`);
    closed.push({ name: `${name}.prototype`, owner: prototype, keys: ownKeys(prototype) });
  }
  noteAll(getPrototypeOf(Float64Array.prototype), "TypedArray.prototype");
  noteAll(getPrototypeOf([][Symbol.iterator]()), "ArrayIterator.prototype");

  return () => {
    for (let n = 0; n < noted.length; n++) {
      const { owner, key, value, name } = noted[n];
      if (!is(read(owner, key), value)) return { kind: "built-in", change: "replaced", name };
    }
    for (let n = 0; n < closed.length; n++) {
      const { owner, keys, name } = closed[n];
      const now = ownKeys(owner);
      if (now.length <= keys.length) continue;
      // The new key need not be the last one, because strings come before symbols.
      let at = 0;
      while (now[at] === keys[at]) at++;
      return { kind: "built-in", change: "added", name: name + member(now[at]) };
    }
    return undefined;
  };
}

/** A property's value, or its getter if it is an accessor of a prototype, whose value needs an instance. */
function read(owner: object, key: string | symbol): unknown {
  const own = getOwnPropertyDescriptor(owner, key);
  if (own?.get !== undefined && owner !== globalThis) return own.get;
  return (owner as Record<string | symbol, unknown>)[key];
}

const member = (key: string | symbol): string =>
  typeof key === "symbol" ? `[${toText(key)}]` : `.${key}`;

const isObject = (value: unknown): value is object =>
  (typeof value === "object" && value !== null) || typeof value === "function";
