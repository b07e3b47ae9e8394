import { readFileSync } from "node:fs";
import process from "node:process";
import type { z } from "zod";
import type { SampleInterference } from "../format/trial_record.ts";

/**
 * The rule by which samples count as disturbed, fixed before any is taken and kept with every trial: the process
 * of a single-threaded kernel had no CPU for more than this share of the sample while tasks waited for one.
 */
export const MOST_WAITING = 0.05;

/** Samples beyond this many are not entered: the journal would grow by 30 bytes for each. */
const MOST_ENTRIES = 1000;

/** Writes down what the system did during each sample; all of it off the clock. */
export interface InterferenceMeter {
  /** Just before a sample. */
  open(): void;
  /** When it is over. Does nothing when none was opened. */
  close(): void;
  /** An entry for each of the first `samples` samples, or undefined where the system tells nothing. */
  entries(samples: number): z.infer<typeof SampleInterference> | undefined;
}

/**
 * A reading takes about 15 µs: CPU time and context switches of this process, and where the system tells, how long
 * its main thread waited in the queue of a CPU (Linux, /proc/self/schedstat), how long any task of the machine did
 * (/proc/pressure/cpu) and how much of the machine's time the hypervisor gave to others (/proc/stat). Deno shows the
 * first and the last to programs with all permissions only, and a trial has few.
 */
export function openInterferenceMeter(): InterferenceMeter {
  const entries = {
    cpuNs: [] as number[],
    involuntarySwitches: [] as number[],
    waitNs: [] as number[],
    pressureNs: [] as number[],
    stealNs: [] as number[],
  };
  let before: Reading | undefined;
  return {
    open() {
      before = entries.cpuNs.length < MOST_ENTRIES ? read() : undefined;
    },
    close() {
      if (before === undefined) return;
      const after = read();
      entries.cpuNs.push(after.cpuNs - before.cpuNs);
      entries.involuntarySwitches.push(after.involuntarySwitches - before.involuntarySwitches);
      addDifference(entries.waitNs, before.waitNs, after.waitNs);
      addDifference(entries.pressureNs, before.pressureNs, after.pressureNs);
      addDifference(entries.stealNs, before.stealNs, after.stealNs);
      before = undefined;
    },
    entries(samples) {
      const count = Math.min(samples, MOST_ENTRIES);
      // An engine that calls for other samples than it returns (mitata leaves some out) has no sampleInterference.
      if (entries.cpuNs.length !== count || count === 0) return undefined;
      return {
        setAsideAbove: MOST_WAITING,
        cpuNs: entries.cpuNs,
        involuntarySwitches: entries.involuntarySwitches,
        ...(entries.waitNs.length === count && { waitNs: entries.waitNs }),
        ...(entries.pressureNs.length === count && { pressureNs: entries.pressureNs }),
        ...(entries.stealNs.length === count && { stealNs: entries.stealNs }),
      };
    },
  };
}

interface Reading {
  readonly cpuNs: number;
  readonly involuntarySwitches: number;
  readonly waitNs: number | undefined;
  readonly pressureNs: number | undefined;
  readonly stealNs: number | undefined;
}

function read(): Reading {
  const { userCPUTime, systemCPUTime, involuntaryContextSwitches } = process.resourceUsage();
  return {
    cpuNs: (userCPUTime + systemCPUTime) * 1000,
    involuntarySwitches: involuntaryContextSwitches,
    waitNs: inFile("/proc/self/schedstat", /^\d+ (\d+)/, 1),
    pressureNs: readCpuPressureNs(),
    stealNs: readStealNs(),
  };
}

function addDifference(to: number[], before: number | undefined, after: number | undefined): void {
  if (before !== undefined && after !== undefined) to.push(after - before);
}

/** Nanoseconds since boot in which some task waited for a CPU; absent where the kernel does not tell. */
export function readCpuPressureNs(): number | undefined {
  return inFile("/proc/pressure/cpu", /^some .*total=(\d+)/m, 1000);
}

/** Ticks of 10 ms: Linux's, whatever the kernel's own are. */
function readStealNs(): number | undefined {
  // user, nice, system, idle, iowait, irq, softirq, steal: of all CPUs together.
  return inFile("/proc/stat", /^cpu +(?:\d+ ){7}(\d+)/, 1e7);
}

/** Files that could not be read once: not to be tried again before each sample. */
const unreadable = new Set<string>();

function inFile(path: string, pattern: RegExp, factor: number): number | undefined {
  if (unreadable.has(path)) return undefined;
  try {
    const found = pattern.exec(readFileSync(path, "utf8"));
    return found ? Number(found[1]) * factor : undefined;
  } catch {
    unreadable.add(path); // not Linux, pressure accounting is off, or Deno forbids it
    return undefined;
  }
}
