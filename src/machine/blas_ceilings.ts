import type { Clock } from "../base/clock.ts";
import { type Blas, openBlas, PLAIN } from "../gradients/blas_ffi/open_blas.ts";
import type { ArithmeticCeiling } from "../format/ceilings.ts";
import { bestRate } from "./best_rate.ts";

/** Rows and columns: large enough for the full rate, and a product takes a few milliseconds. */
const SIDE = 512;

/** The rates of the system's sgemm with one and with all threads, or why there is no BLAS here. */
export async function blasCeilings(
  threads: number,
  forNs: number,
  clock: Clock,
  /** CPU time of this process: on a busy machine, waiting for a processor is no measurement. */
  cpuNs: Clock,
): Promise<ArithmeticCeiling[] | { readonly unavailable: string }> {
  const blas = await openBlas();
  if ("unavailable" in blas) return blas;
  const multiply = square(blas);
  const ceilings: ArithmeticCeiling[] = [];
  for (const asked of new Set([1, threads])) {
    // Accelerate does not report its threads, so the rate counts for as many as were asked for.
    const used = blas.setThreads(asked) ?? asked;
    if (ceilings.some((one) => one.threads === used)) continue;
    ceilings.push({
      backEnd: "blas",
      precision: "float32",
      threads: used,
      flopPerSecond: bestRate(multiply, 2 * SIDE ** 3, forNs, clock, () => cpuNs() / used),
      loop: `cblas_sgemm of ${SIDE} × ${SIDE} matrices (${blas.version})`,
    });
  }
  return ceilings;
}

function square(blas: Blas): (times: number) => void {
  const arrays = [0, 1, 2].map((seed) =>
    Float32Array.from({ length: SIDE * SIDE }, (_, i) => ((i * 7 + seed) % 13 - 6) / 13)
  );
  return (times) => {
    // Taken here, so that the arrays live as long as this function.
    const [a, b, c] = arrays.map((array) => ({ data: blas.buffer(array), stride: SIDE }));
    for (let i = 0; i < times; i++) blas.product(PLAIN, PLAIN, SIDE, SIDE, SIDE, a, b, 0, c);
  };
}
