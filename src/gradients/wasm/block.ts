import { type Code, i32, type Local } from "../../base/assembler/code.ts";
import type { DeclareLocal } from "../../base/assembler/module.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { plus } from "./loops.ts";

/** Rows of float32: the address of the first, and the bytes from one to the next. */
export interface Rows {
  readonly address: number;
  readonly strideBytes: number;
}

/** (inputs, width) of weights or their gradient. */
export interface Matrix extends Rows {
  readonly inputs: number;
  readonly width: number;
}

/** Rows in the order of a block's examples, which start at an address that the code computes. */
export interface MovingRows {
  readonly start: Code;
  readonly strideBytes: number;
}

export const fromStart = ({ address, strideBytes }: Rows): MovingRows => ({
  start: i32.const(address),
  strideBytes,
});

/** What the code of a function needs that works on the examples of a block. */
export interface Block extends Arithmetic {
  readonly declare: DeclareLocal;
  /** How many there are: i32, at least 1. */
  readonly examples: Local;
  /** Address of their row indices (u32). */
  readonly batch: Code;
}

/** Bytes of the rows of a block, and where they end. */
export const bytesOf = ({ examples }: Block, { strideBytes }: Rows): Code =>
  i32.mul(examples.get, i32.const(strideBytes));
export const endOf = (block: Block, rows: Rows): Code => plus(bytesOf(block, rows), rows.address);

/** For functions whose first parameters are the number of a block's first example and how many there are. */
export const blocksOf =
  (batch: number, sums: Arithmetic) =>
  ([from, examples]: readonly Local[], declare: DeclareLocal): Block => ({
    ...sums,
    declare,
    examples,
    batch: plus(i32.shl(from.get, i32.const(2)), batch),
  });
