import process from "node:process";
import { openLibrary } from "../../base/ffi.ts";

/** What the C library, on which every MPI library depends, does for this process. */
export interface OwnProcess {
  /**
   * Lets this process end when the one that started it does. A process that waits for another one in MPI looks at nothing
   * else, and its launcher may be killed. Linux only.
   */
  dieWithParent(): void;
  /** Bytes that were resident at most; undefined where the system does not tell. */
  peakRssBytes(): number | undefined;
}

/** Reaches the C library through the MPI library at `path`, which the process may open. */
export async function openOwnProcess(path: string): Promise<OwnProcess> {
  const prctl = process.platform !== "linux" ? undefined : await openLibrary([path], {
    prctl: { parameters: ["i32", "usize", "usize", "usize", "usize"], result: "i32" },
  });
  const usage = await openLibrary([path], {
    getrusage: { parameters: ["i32", "buffer"], result: "i32" },
  });
  const figures = new Int32Array(USAGE_BYTES / 4);
  return {
    dieWithParent() {
      if (prctl?.available) prctl.functions.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    },
    peakRssBytes() {
      if (!usage.available || process.platform === "win32") return undefined;
      if (usage.functions.getrusage(RUSAGE_SELF, usage.buffer(figures)) !== 0) return undefined;
      const [low, high] = figures.subarray(PEAK_AT);
      const peak = (low >>> 0) + high * 2 ** 32;
      return peak > 0 ? peak * PEAK_UNIT : undefined;
    },
  };
}

const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;

const RUSAGE_SELF = 0;
/** More than struct rusage needs anywhere. */
const USAGE_BYTES = 256;
/** ru_maxrss, a long behind two struct timeval, as a number of 32-bit integers (`man 2 getrusage`). */
const PEAK_AT = 32 / 4;
/** Linux counts kibibytes. Its figure covers what started this process, too: a launcher, which is small. */
const PEAK_UNIT = process.platform === "darwin" ? 1 : 1024;
