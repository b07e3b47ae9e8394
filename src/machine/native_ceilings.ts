import type { ArithmeticCeiling, ReadCeiling } from "../format/ceilings.ts";
import { openCompiled } from "../gradients/native/compiled_library.ts";

const FUNCTIONS = {
  open_loops: { parameters: ["i32", "i32"], result: "pointer" },
  rate_of_arithmetic: { parameters: ["pointer", "i32"], result: "f64" },
  rate_of_reads: { parameters: ["pointer", "i32"], result: "f64" },
  close_loops: { parameters: ["pointer"], result: "void" },
} as const;

/**
 * The rates of C that is compiled for this processor, with one and with all threads, or why there are none: multiply-adds
 * in the widest registers, and reads of each buffer. `forNs` is for each loop. A rate is left out where the machine was
 * too busy to show it.
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
      const flopPerSecond = place === 0 ? functions.rate_of_arithmetic(loops, forMs) : 0;
      if (flopPerSecond > 0) {
        arithmetic.push({
          backEnd: "native",
          precision: "float32",
          threads: count,
          flopPerSecond,
          loop: `independent chains of x · m + c in vectors of C (${version})`,
        });
      }
      const bytesPerSecond = functions.rate_of_reads(loops, forMs);
      if (bytesPerSecond > 0) {
        reads.push({
          backEnd: "native",
          bufferBytes,
          threads: count,
          bytesPerSecond,
          loop: "vectors of C, 16 in a row, added up",
        });
      }
      functions.close_loops(loops);
    }
  }
  return { arithmetic, reads };
}
