import process from "node:process";
import { type Library, type NativeBuffer, openLibrary } from "../../base/ffi.ts";

/**
 * C (M, N) = alpha · op(A) (M, K) · op(B) (K, N) + beta · C. Arguments: order, op of A, op of B, M, N, K,
 * alpha, A, lda, B, ldb, beta, C, ldc (BLAS Technical Forum Standard, 2001, appendix B).
 */
const SGEMM = {
  // deno-fmt-ignore
  parameters: [
    "i32", "i32", "i32", "i32", "i32", "i32",
    "f32", "buffer", "i32", "buffer", "i32", "f32", "buffer", "i32",
  ],
  result: "void",
} as const;

const OPENBLAS = {
  cblas_sgemm: SGEMM,
  openblas_set_num_threads: { parameters: ["i32"], result: "void" },
  openblas_get_num_threads: { parameters: [], result: "i32" },
  openblas_get_config: { parameters: [], result: "pointer" },
  // From the C library, which OpenBLAS depends on: reads text at an address without further permissions.
  strncpy: { parameters: ["buffer", "pointer", "usize"], result: "pointer" },
} as const;

const ACCELERATE = { cblas_sgemm: SGEMM } as const;

/** First Debian's multi-threaded build, which need not be the system's default, then the usual places. */
const OPENBLAS_PATHS = [
  ...["x86_64-linux-gnu", "aarch64-linux-gnu"].flatMap((architecture) => [
    `/usr/lib/${architecture}/openblas-pthread/libopenblas.so.0`,
    `/usr/lib/${architecture}/libopenblas.so.0`,
  ]),
  "/usr/lib64/libopenblasp.so.0",
  "/usr/lib64/libopenblas.so.0",
  "/usr/lib/libopenblas.so.0",
  "/usr/lib/libopenblas.so.3",
  "/usr/lib/libopenblas.so",
  "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
  "/usr/local/opt/openblas/lib/libopenblas.dylib",
];

/** Comes with macOS. It cannot set the number of threads. */
const ACCELERATE_PATHS = ["/System/Library/Frameworks/Accelerate.framework/Accelerate"];

/** Every path that is tried, absolute; a process needs permission for these. */
export const BLAS_PATHS: readonly string[] = [...OPENBLAS_PATHS, ...ACCELERATE_PATHS];

const ROW_MAJOR = 101;
/** CblasNoTrans and CblasTrans. */
export const PLAIN = 111;
export const TRANSPOSED = 112;
type Operation = typeof PLAIN | typeof TRANSPOSED;

/** Rows of float32; `stride` counts elements from one row to the next. */
export interface Matrix {
  readonly data: NativeBuffer;
  readonly stride: number;
}

type Sgemm = Library<typeof ACCELERATE>["functions"]["cblas_sgemm"];

const productWith = (sgemm: Sgemm): Blas["product"] => (ofA, ofB, m, n, k, a, b, beta, c) =>
  // deno-fmt-ignore
  sgemm(
    ROW_MAJOR, ofA, ofB, m, n, k,
    1, a.data, a.stride, b.data, b.stride, beta, c.data, c.stride,
  );

/** The system's BLAS, open in this process. */
export interface Blas {
  readonly version: string;
  readonly buffer: Library<typeof ACCELERATE>["buffer"];
  /** c (m, n) = op(a) (m, k) · op(b) (k, n) + beta · c, all row-major. */
  product(
    ofA: Operation,
    ofB: Operation,
    m: number,
    n: number,
    k: number,
    a: Matrix,
    b: Matrix,
    beta: number,
    c: Matrix,
  ): void;
  /** Sets the threads of every product in this process. Returns the number in use, if known. */
  setThreads(count: number): number | undefined;
}

/** Opens OpenBLAS or else Accelerate. If neither is there, returns the reason and a hint. */
export async function openBlas(): Promise<Blas | { readonly unavailable: string }> {
  const openBlas = await openLibrary(OPENBLAS_PATHS, OPENBLAS);
  if (openBlas.available) {
    const { functions, buffer } = openBlas;
    const text = new Uint8Array(256);
    functions.strncpy(buffer(text), functions.openblas_get_config(), text.length - 1);
    return {
      version: new TextDecoder().decode(text.subarray(0, text.indexOf(0))).trim(),
      product: productWith(functions.cblas_sgemm),
      buffer,
      setThreads(count) {
        functions.openblas_set_num_threads(count);
        return functions.openblas_get_num_threads();
      },
    };
  }
  const accelerate = await openLibrary(ACCELERATE_PATHS, ACCELERATE);
  if (accelerate.available) {
    return {
      version: "Accelerate",
      product: productWith(accelerate.functions.cblas_sgemm),
      buffer: accelerate.buffer,
      setThreads: () => undefined,
    };
  }
  const hint = process.platform === "darwin"
    ? "brew install openblas"
    : "on Debian and Ubuntu: apt-get install libopenblas0-pthread";
  return { unavailable: `no BLAS: ${openBlas.reason}; ${hint}` };
}
