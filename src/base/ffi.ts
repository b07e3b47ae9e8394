import process from "node:process";
import { messageOf } from "./errors.ts";
import { CURRENT_RUNTIME } from "./runtime.ts";

/**
 * Types of native parameters and results, in C: int, float, size_t, an array owned by this program, and an address
 * that only native code may follow.
 */
type NativeType = "i32" | "f32" | "usize" | "buffer" | "pointer";

interface NativeSignature {
  readonly parameters: readonly NativeType[];
  readonly result: "i32" | "f32" | "f64" | "pointer" | "void";
}
export type Signatures = Readonly<Record<string, NativeSignature>>;

declare const NATIVE_BUFFER: unique symbol;
declare const NATIVE_POINTER: unique symbol;
/** An array prepared for native functions by `Library.buffer`; pass it as often as needed. */
export type NativeBuffer = { readonly [NATIVE_BUFFER]: true };
/** An address returned by a native function. */
type NativePointer = { readonly [NATIVE_POINTER]: true };

interface ValueOf {
  readonly i32: number;
  readonly f32: number;
  readonly f64: number;
  readonly usize: number | bigint;
  readonly buffer: NativeBuffer;
  /** Null: no address. */
  readonly pointer: NativePointer | null;
  readonly void: void;
}

type Values<P extends readonly NativeType[]> = { -readonly [K in keyof P]: ValueOf[P[K]] };

/** Functions with the types of their signatures. */
type NativeFunctions<S extends Signatures> = {
  readonly [Name in keyof S]: (
    ...values: Values<S[Name]["parameters"]>
  ) => ValueOf[S[Name]["result"]];
};

/** An open library. It stays open until the process ends, because its threads may still run. */
export interface Library<S extends Signatures> {
  readonly path: string;
  readonly functions: NativeFunctions<S>;
  /**
   * Prepares an array for native functions, which then access its memory directly. Keep the array alive and its
   * buffer in place: never grow a WebAssembly memory under it.
   */
  buffer(array: NativeArray): NativeBuffer;
}

type NativeArray = Float32Array | Float64Array | Uint8Array | Int32Array | Uint32Array;

type OpenedLibrary<S extends Signatures> =
  | ({ readonly available: true } & Library<S>)
  | { readonly available: false; readonly reason: string };

/** The part of `Deno` and of "bun:ffi" that is used: each runtime's types know only its own. */
interface DenoFfi {
  dlopen(path: string, symbols: Record<string, object>): { symbols: Record<string, unknown> };
}
interface BunFfi {
  dlopen(path: string, symbols: Record<string, object>): { symbols: Record<string, unknown> };
  ptr(array: NativeArray): number;
}

/**
 * Opens the first of these libraries that exists and has all functions of `signatures`, in Deno or Bun. Otherwise, and
 * always in Node, returns the reason; throws nothing.
 *
 * Paths must be absolute: Deno's `--allow-ffi=PATH` permits exactly the path that is opened.
 */
export async function openLibrary<const S extends Signatures>(
  paths: readonly string[],
  signatures: S,
): Promise<OpenedLibrary<S>> {
  const { name, version } = CURRENT_RUNTIME;
  if (name === "node") {
    return {
      available: false,
      reason: `Node ${version} cannot call native libraries; run it in Deno or Bun`,
    };
  }
  const attempts: string[] = [];
  for (const path of paths) {
    try {
      return {
        available: true,
        path,
        ...await (name === "deno" ? inDeno : inBun)(path, signatures),
      };
    } catch (error) {
      attempts.push(messageOf(error));
    }
  }
  return { available: false, reason: mostTelling(attempts, paths) };
}

type Opened<S extends Signatures> = Omit<Library<S>, "path">;

function inDeno<S extends Signatures>(path: string, signatures: S): Opened<S> {
  const { Deno } = globalThis as unknown as { Deno: DenoFfi };
  const { symbols } = Deno.dlopen(path, { ...signatures });
  return {
    functions: symbols as NativeFunctions<S>,
    // The array itself: a pointer to it would need permission for every library.
    buffer: (array) => array as unknown as NativeBuffer,
  };
}

async function inBun<S extends Signatures>(
  path: string,
  signatures: S,
): Promise<Opened<S>> {
  const module = "bun:ffi"; // not a literal, or the other runtimes would look for it
  const { dlopen, ptr }: BunFfi = await import(module);
  const typeOf = (type: NativeType | "f64" | "void") =>
    type === "buffer" || type === "pointer" ? "ptr" : type;
  const declared = Object.entries(signatures).map(([name, { parameters, result }]) => [
    name,
    { args: parameters.map(typeOf), returns: typeOf(result) },
  ]);
  const { symbols } = dlopen(path, Object.fromEntries(declared));
  return {
    functions: symbols as NativeFunctions<S>,
    buffer(array) {
      // Bun moves a small array when its buffer is first asked for: that must not happen later.
      void array.buffer;
      return ptr(array) as unknown as NativeBuffer;
    },
  };
}

/** The first reason that is not a missing file. */
function mostTelling(attempts: readonly string[], paths: readonly string[]): string {
  const missing = /no such file|cannot open shared object|failed to open library/i;
  const other = attempts.find((text) => !missing.test(text));
  return other?.split("\n")[0] ??
    `no library at ${paths.length} known places, such as ${paths[0]} ` +
      `(${process.platform}, ${process.arch})`;
}
