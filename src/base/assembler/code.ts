/**
 * WebAssembly instructions as functions from operands' code to code, so that generated kernels read like expressions.
 * Code is nested lists of bytes, flattened at the end. Binary format: WebAssembly Core Specification 3.0, chapter 5
 * (instructions: 5.4).
 */
export type Code = number | readonly Code[];

export const TYPE_BYTES = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b };

export type ValueType = keyof typeof TYPE_BYTES;

/** A parameter or local variable of the function under construction. */
export interface Local {
  readonly type: ValueType;
  readonly get: Code;
  set(value: Code): Code;
}

export function localAt(index: number, type: ValueType): Local {
  const place = unsigned(index);
  return { type, get: [0x20, place], set: (value) => [value, 0x21, place] };
}

/** LEB128 of a non-negative number. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return bytes;
}

/** LEB128 of a signed 32-bit integer. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value | 0;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) {
      return [...bytes, low];
    }
    bytes.push(low | 0x80);
  }
}

type Unary = (a: Code) => Code;
type Binary = (a: Code, b: Code) => Code;
type Ternary = (a: Code, b: Code, c: Code) => Code;

const unary = (opcode: number): Unary => (a) => [a, opcode];
const binary = (opcode: number): Binary => (a, b) => [a, b, opcode];

/** `condition` ≠ 0 ? a : b, without a branch. */
export const select: Ternary = (a, b, condition) => [a, b, condition, 0x1b];

/** `offset` (bytes) is added to the address at no cost. */
type Load = (address: Code, offset?: number) => Code;
type Store = (address: Code, value: Code, offset?: number) => Code;

/** The alignment is only a hint, which engines ignore here; 0 (one byte) is always valid. */
const access = (offset: number): Code => [0, unsigned(offset)];
const load = (opcode: Code): Load => (address, offset = 0) => [address, opcode, access(offset)];
const store = (opcode: Code): Store => (address, value, offset = 0) => [
  address,
  value,
  opcode,
  access(offset),
];

export const i32 = {
  const: (value: number): Code => [0x41, signed(value)],
  load: load(0x28),
  load8u: load(0x2d),
  store: store(0x36),
  store8: store(0x3a),
  ltU: binary(0x49),
  gtU: binary(0x4b),
  /** Zero bits above the highest one. */
  clz: unary(0x67),
  popcnt: unary(0x69),
  add: binary(0x6a),
  sub: binary(0x6b),
  mul: binary(0x6c),
  and: binary(0x71),
  shl: binary(0x74),
  shrU: binary(0x76),
};

export const f32 = {
  const: (value: number): Code => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)],
  load: load(0x2a),
  store: store(0x38),
  add: binary(0x92),
  sub: binary(0x93),
  mul: binary(0x94),
  div: binary(0x95),
  max: binary(0x97),
};

export const f64 = {
  const: (value: number): Code => [0x44, ...new Uint8Array(Float64Array.of(value).buffer)],
  add: binary(0xa0),
  sub: binary(0xa1),
  mul: binary(0xa2),
  promote: unary(0xbb),
};

/** A vector instruction: its number follows the prefix as LEB128. */
const simd = (number: number): Code => [0xfd, unsigned(number)];
const simdUnary = (number: number): Unary => (a) => [a, simd(number)];
const simdBinary = (number: number): Binary => (a, b) => [a, b, simd(number)];
const simdTernary = (number: number): Ternary => (a, b, c) => [a, b, c, simd(number)];

export const v128 = {
  load: load(simd(0x00)),
  /** Loads four bytes; i32x4.fromBytes widens them to four 32-bit lanes. */
  load32Zero: load(simd(0x5c)),
  /** Loads eight bytes; the others become 0. */
  load64Zero: load(simd(0x5d)),
  /** Stores the first eight bytes. */
  store64: (address: Code, value: Code, offset = 0): Code => [
    address,
    value,
    simd(0x5b),
    access(offset),
    0,
  ],
  /** One float32 in all four lanes. */
  load32Splat: load(simd(0x09)),
  store: store(simd(0x0b)),
  const: (lanes: Float32Array | Int32Array): Code => [
    simd(0x0c),
    ...new Uint8Array(lanes.buffer, lanes.byteOffset, 16),
  ],
  and: simdBinary(0x4e),
  /** a & ~b */
  andnot: simdBinary(0x4f),
};

export const i8x16 = {
  /** Lane n of the result is lane order[n] of `a`, or 0 if that is beyond the last. */
  swizzle: simdBinary(0x0e),
  /** The bytes that are not 0, as a mask: bit n for byte n. */
  notZero: (a: Code): Code => [a, v128.const(new Int32Array(4)), simd(0x24), simd(0x64)],
};

export const i32x4 = {
  shl: (a: Code, bits: number): Code => [a, i32.const(bits), simd(0xab)],
  add: simdBinary(0xae),
  /** The low four bytes of a vector as four integers. */
  fromBytes: (a: Code): Code => [a, simd(0x89), simd(0xa9)],
};

export const f32x4 = {
  splat: simdUnary(0x13),
  const: (value: number): Code => v128.const(Float32Array.of(value, value, value, value)),
  lane: (a: Code, lane: number): Code => [a, simd(0x1f), lane],
  /** One lane in all four. */
  splatLane: (a: Local, lane: number): Code => shuffle32(a.get, a.get, [lane, lane, lane, lane]),
  abs: simdUnary(0xe0),
  neg: simdUnary(0xe1),
  add: simdBinary(0xe4),
  sub: simdBinary(0xe5),
  mul: simdBinary(0xe6),
  div: simdBinary(0xe7),
  /** b < a ? b : a, one instruction on x86; a NaN in a stays. */
  pmin: simdBinary(0xea),
  /** a < b ? b : a, one instruction on x86; a NaN in a stays. */
  pmax: simdBinary(0xeb),
  lt: simdBinary(0x43),
  gt: simdBinary(0x44),
  convertI32: simdUnary(0xfa),
  /** a · b + c, rounded once if the engine fuses it, else twice. */
  relaxedMadd: simdTernary(0x105),
  /** c − a · b. */
  relaxedNmadd: simdTernary(0x106),
};

/** Lanes of `a` (0–3) and `b` (4–7) in a new order, 32 bits each. */
export function shuffle32(
  a: Code,
  b: Code,
  lanes: readonly [number, number, number, number],
): Code {
  const bytes = lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte));
  return [a, b, simd(0x0d), bytes];
}

const EMPTY = 0x40;

/** Runs `body` at least once, and again while `condition` (i32) holds. */
export function doWhile(body: Code, condition: Code): Code {
  return [0x03, EMPTY, body, condition, 0x0d, 0, 0x0b];
}

/** Runs `body` while `condition` (i32) holds; it is tested first. */
export function whileDo(condition: Code, body: Code): Code {
  return [0x02, EMPTY, condition, 0x45, 0x0d, 0, doWhile(body, condition), 0x0b];
}

export function when(condition: Code, then: Code): Code {
  return [condition, 0x04, EMPTY, then, 0x0b];
}

/** Sets `bytes` bytes from `address` on to 0. */
export function clearMemory(address: Code, bytes: Code): Code {
  return [address, i32.const(0), bytes, 0xfc, 11, 0];
}
