import { type Code, type Local, localAt, TYPE_BYTES, unsigned, type ValueType } from "./code.ts";

export interface FunctionReference {
  readonly index: number;
  call(...args: readonly Code[]): Code;
}

export type DeclareLocal = (type: ValueType) => Local;

interface FunctionDefinition extends FunctionImport {
  readonly locals: readonly ValueType[];
  readonly body: Code;
}

interface FunctionImport {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** Pages of 64 KiB. */
interface MemoryLimits {
  /** The memory has at least these. */
  readonly pages: number;
  readonly shared?: boolean;
  /** A shared memory grows to at most as many. Absent: it does not grow. */
  readonly mostPages?: number;
}

/**
 * A WebAssembly module assembled at run time, so that its loops fit the sizes at hand. Imports its memory as "env"
 * "memory" and exports every function by name.
 */
export class WasmModule {
  private readonly memory: MemoryLimits;
  private readonly imports: FunctionImport[] = [];
  private readonly functions: FunctionDefinition[] = [];

  constructor(memory: MemoryLimits) {
    this.memory = memory;
  }

  /** Imports a host function from "env". Imports must come before functions. */
  import(
    name: string,
    parameters: readonly ValueType[],
    results: readonly ValueType[],
  ): FunctionReference {
    if (this.functions.length > 0) {
      throw new Error(`Cannot import ${name}: the module has functions already`);
    }
    this.imports.push({ name, parameters, results });
    return reference(this.imports.length - 1);
  }

  /** Adds a function. `build` receives its parameters and a way to declare locals, and returns its body. */
  function(
    name: string,
    parameters: readonly ValueType[],
    results: readonly ValueType[],
    build: (parameters: readonly Local[], local: DeclareLocal) => Code,
  ): FunctionReference {
    const locals: ValueType[] = [];
    const declare = (type: ValueType): Local => {
      locals.push(type);
      return localAt(parameters.length + locals.length - 1, type);
    };
    const body = build(parameters.map((type, index) => localAt(index, type)), declare);
    this.functions.push({ name, parameters, results, locals, body });
    return reference(this.imports.length + this.functions.length - 1);
  }

  /** The module in the binary format (Core Specification, 5.5). */
  toBytes(): Uint8Array<ArrayBuffer> {
    const { imports, functions, memory } = this;
    const signatures = [...imports, ...functions];
    const limits = memory.shared
      ? [3, unsigned(memory.pages), unsigned(memory.mostPages ?? memory.pages)]
      : [0, unsigned(memory.pages)];
    return Uint8Array.from(flatten([
      [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      section(
        1,
        list(
          signatures.map(({ parameters, results }) => [0x60, types(parameters), types(results)]),
        ),
      ),
      section(
        2,
        list([
          [text("env"), text("memory"), 2, limits],
          ...imports.map(({ name }, index): Code => [text("env"), text(name), 0, unsigned(index)]),
        ]),
      ),
      section(3, list(functions.map((_, index) => unsigned(imports.length + index)))),
      section(
        7,
        list(functions.map(({ name }, index) => [text(name), 0, unsigned(imports.length + index)])),
      ),
      section(
        10,
        list(
          functions.map(({ locals, body }) =>
            sized([list(locals.map((type) => [1, TYPE_BYTES[type]])), body, 0x0b])
          ),
        ),
      ),
      // Function names for stack traces and profiles (Core Specification, 7.4.1); exports do not provide them.
      section(0, [
        text("name"),
        1,
        sized(list(signatures.map(({ name }, index) => [unsigned(index), text(name)]))),
      ]),
    ]));
  }
}

/** Whether this engine has relaxed SIMD: a · b + c in one instruction. */
export function hasRelaxedSimd(): boolean {
  // A module of one function: three zero vectors, f32x4.relaxed_madd, drop.
  const zero = [0xfd, 0x0c, ...new Array<number>(16).fill(0)];
  const body = [0, ...zero, ...zero, ...zero, 0xfd, 0x85, 0x02, 0x1a, 0x0b];
  return WebAssembly.validate(Uint8Array.from(flatten([
    [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(1, list([[0x60, 0, 0]])),
    section(3, list([0])),
    section(10, list([sized(body)])),
  ])));
}

function reference(index: number): FunctionReference {
  return { index, call: (...args) => [...args, 0x10, unsigned(index)] };
}

const list = (items: readonly Code[]): Code => [unsigned(items.length), ...items];
const types = (all: readonly ValueType[]): Code => list(all.map((type) => TYPE_BYTES[type]));
const section = (id: number, content: Code): Code => [id, sized(content)];

function sized(content: Code): Code {
  const bytes = flatten(content);
  return [unsigned(bytes.length), bytes];
}

const text = (value: string): Code => sized([...new TextEncoder().encode(value)]);

function flatten(code: Code): number[] {
  const bytes: number[] = [];
  append(code, bytes);
  return bytes;
}

function append(code: Code, bytes: number[]): void {
  if (typeof code === "number") bytes.push(code);
  else for (const part of code) append(part, bytes);
}
