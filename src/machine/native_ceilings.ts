import type { ArithmeticCeiling, ReadCeiling } from "../format/ceilings.ts";
import { openCompiled } from "../gradients/native/compiled_library.ts";

const FUNCTIONS = {
  open_loops: { parameters: ["i32", "i32"], result: "pointer" },
  rate_of_arithmetic: { parameters: ["pointer", "i32"], result: "f64" },
  rate_of_reads: { parameters: ["pointer", "i32"], result: "f64" },
  close_loops: { parameters: ["pointer"], result: "void" },
} as const;

/** Loops beside the buffers' for each number of threads. */
export const NATIVE_LOOPS = 1;

/**
 * The rates of C that is compiled for this processor, with one and with all threads, or why there are none: multiply-adds
 * in the widest registers, and reads of each buffer. `forNs` is for each loop.
 */
export async function nativeCeilings(
  threads: number,
  buffersBytes: readonly number[],
  forNs: number,
): Promise<
  | { readonly arithmetic: ArithmeticCeiling[]; readonly reads: ReadCeiling[] }
  | { readonly unavailable: string }
> {
  const library = await openCompiled("ceilings.c", FUNCTIONS);
  if (!library.available) return { unavailable: library.reason };
  const { functions, version } = library;
  const forMs = Math.ceil(forNs / 1e6);
  const arithmetic: ArithmeticCeiling[] = [];
  const reads: ReadCeiling[] = [];
  for (const count of new Set([1, threads])) {
    for (const [place, bufferBytes] of buffersBytes.entries()) {
      const loops = functions.open_loops(count, bufferBytes);
      if (!loops) return { unavailable: `memory or ${count} threads are lacking` };
      if (place === 0) {
        arithmetic.push({
          backEnd: "native",
          precision: "float32",
          threads: count,
          flopPerSecond: functions.rate_of_arithmetic(loops, forMs),
          loop: `independent chains of x · m + c in vectors of C (${version})`,
        });
      }
      reads.push({
        backEnd: "native",
        bufferBytes,
        threads: count,
        bytesPerSecond: functions.rate_of_reads(loops, forMs),
        loop: "vectors of C, 16 in a row, added up",
      });
      functions.close_loops(loops);
    }
  }
  return { arithmetic, reads };
}
