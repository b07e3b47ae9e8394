import { messageOf, TooLarge, type TooLargeSize } from "../../base/errors.ts";
import type { Mpi } from "./mpi_library.ts";

/** What all ranks know of, so that they are still at the same place. */
export class AgreedError extends Error {}
/** The same, of a problem that is too large for its program. */
class AgreedTooLarge extends TooLarge {}

export const isAgreed = (error: unknown): boolean =>
  error instanceof AgreedError || error instanceof AgreedTooLarge;

// What follows all ranks do together to learn the same: each must call it at the same place.

/** Whether this holds in every rank. */
export function inEveryRank(mpi: Mpi, holds: boolean): boolean {
  const count = Float64Array.of(holds ? 1 : 0);
  mpi.summing(count)();
  return count[0] === mpi.size;
}

/** [rank] the number that each rank gives. */
export function numbersOfRanks(mpi: Mpi, own: number): Float64Array {
  const numbers = new Float64Array(mpi.size);
  numbers[mpi.rank] = own;
  mpi.summing(numbers)();
  return numbers;
}

/** The text of rank `root`; the others give none. */
export function textOf(mpi: Mpi, root: number, text = ""): string {
  const own = new TextEncoder().encode(mpi.rank === root ? text : "");
  const length = Float64Array.of(own.length);
  mpi.broadcast(length, root);
  const bytes = mpi.rank === root ? own : new Uint8Array(length[0]);
  mpi.broadcast(bytes, root);
  return new TextDecoder().decode(bytes);
}

/** What one rank met, as all know it. */
export interface RankFault {
  readonly rank: number;
  readonly message: string;
  readonly size?: TooLargeSize;
}

/** The first rank in which an error was thrown, and what it says; undefined where there is none. */
export function firstProblem(mpi: Mpi, own: unknown): RankFault | undefined {
  const rank = numbersOfRanks(mpi, own === undefined ? 0 : 1).indexOf(1);
  if (rank < 0) return undefined;
  const told = {
    rank,
    message: messageOf(own),
    ...(own instanceof TooLarge && { size: own.size }),
  };
  return JSON.parse(textOf(mpi, rank, JSON.stringify(told))) as RankFault;
}

/** The error for what one rank met, to be thrown in all. */
export const agreedOf = (message: string, { size }: RankFault): Error =>
  size ? new AgreedTooLarge(message, size) : new AgreedError(message);

/** Whether two arrays are equal bit for bit, except that all NaN are equal. */
function isSame(one: Float32Array, other: Float32Array): boolean {
  return one.every((value, i) => Object.is(value, other[i]));
}

/** The first rank whose array differs from that of rank 0; undefined where none does. */
export function firstThatDiffers(mpi: Mpi, own: Float32Array): number | undefined {
  const first = own.slice();
  mpi.broadcast(first);
  const rank = numbersOfRanks(mpi, isSame(own, first) ? 0 : 1).indexOf(1);
  return rank < 0 ? undefined : rank;
}

/** How often the same sum is taken. */
const REPETITIONS = 5;

/**
 * The standard lets MPI_Allreduce add in any order, and only recommends the same bits for the same arguments. Training
 * can be repeated, and the ranks keep equal parameters, only where it gives them: this adds `array.length` numbers of
 * very different size several times and says what differed; undefined where nothing did. Leaves `array` 0.
 */
export function sumFault(
  mpi: Mpi,
  array: Float32Array,
): "between-calls" | "between-ranks" | undefined {
  const sum = mpi.summing(array);
  let first: Float32Array | undefined;
  let isRepeated = true;
  for (let turn = 0; turn < REPETITIONS; turn++) {
    for (let i = 0; i < array.length; i++) {
      // Sine spreads the digits, and the powers of 10 make the order of the sum matter.
      array[i] = Math.sin(i + 1 + 97 * mpi.rank) * 10 ** ((i + 3 * mpi.rank) % 7);
    }
    sum();
    first ??= array.slice();
    isRepeated &&= isSame(array, first);
  }
  const isEqual = firstThatDiffers(mpi, array) === undefined;
  array.fill(0);
  return !inEveryRank(mpi, isRepeated) ? "between-calls" : isEqual ? undefined : "between-ranks";
}
