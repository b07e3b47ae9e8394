import { readFileSync } from "node:fs";
import process from "node:process";
import type { z } from "zod";
import { messageOf } from "../base/errors.ts";
import type { SampleInterference } from "../format/trial_record.ts";

/**
 * A sample counts as disturbed if, for more than this share of it, a single-threaded kernel's process had no CPU while
 * tasks were waiting for one. The rule is fixed beforehand and stored with every trial.
 */
export const MOST_WAITING = 0.05;

/** Later samples are not recorded: each entry adds 30 bytes to the journal. */
const MOST_ENTRIES = 1000;

/** Records what the system did during each sample, off the clock. */
interface InterferenceMeter {
  /** Just before a sample. */
  open(): void;
  /** Right after it. Does nothing when none was opened. */
  close(): void;
  /** An entry for each of the first `samples` samples; undefined where the engine took others than it returned. */
  entries(samples: number): z.infer<typeof SampleInterference> | undefined;
}

/**
 * A reading takes about 15 µs. It notes this process's CPU time and context switches. On Linux it also notes how long
 * the main thread waited for a CPU (/proc/self/schedstat), how long any task did (/proc/pressure/cpu), and how much
 * time the hypervisor gave to others (/proc/stat). Deno allows the first and the last only with all permissions.
 */
export function openInterferenceMeter(files: FileReader = SYSTEM): InterferenceMeter {
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
      before = entries.cpuNs.length < MOST_ENTRIES ? read(files) : undefined;
    },
    close() {
      if (before === undefined) return;
      const after = read(files);
      entries.cpuNs.push(after.cpuNs - before.cpuNs);
      entries.involuntarySwitches.push(after.involuntarySwitches - before.involuntarySwitches);
      addDifference(entries.waitNs, before.waitNs, after.waitNs);
      addDifference(entries.pressureNs, before.pressureNs, after.pressureNs);
      addDifference(entries.stealNs, before.stealNs, after.stealNs);
      before = undefined;
    },
    entries(samples) {
      const count = Math.min(samples, MOST_ENTRIES);
      // mitata drops some of its samples and does not say which.
      if (entries.cpuNs.length !== count || count === 0) return undefined;
      return {
        setAsideAbove: MOST_WAITING,
        cpuNs: entries.cpuNs,
        involuntarySwitches: entries.involuntarySwitches,
        ...(entries.waitNs.length === count && { waitNs: entries.waitNs }),
        ...(entries.pressureNs.length === count && { pressureNs: entries.pressureNs }),
        ...(entries.stealNs.length === count && { stealNs: entries.stealNs }),
        ...(files.unreadable.size > 0 && {
          unreadable: [...files.unreadable].map(([path, message]) => ({ path, message })),
        }),
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

function read({ figure }: FileReader): Reading {
  const { userCPUTime, systemCPUTime, involuntaryContextSwitches } = process.resourceUsage();
  return {
    cpuNs: (userCPUTime + systemCPUTime) * 1000,
    involuntarySwitches: involuntaryContextSwitches,
    waitNs: figure("/proc/self/schedstat", /^\d+ (\d+)/, 1),
    pressureNs: figure(...PRESSURE),
    // user, nice, system, idle, iowait, irq, softirq, steal: sums over all CPUs, in ticks that Linux fixes at 10 ms.
    stealNs: figure("/proc/stat", /^cpu +(?:\d+ ){7}(\d+)/, 1e7),
  };
}

const PRESSURE = ["/proc/pressure/cpu", /^some .*total=(\d+)/m, 1000] as const;

function addDifference(to: number[], before: number | undefined, after: number | undefined): void {
  if (before !== undefined && after !== undefined) to.push(after - before);
}

/** Nanoseconds since boot in which some task waited for a CPU; absent if the kernel does not report it. */
export const readCpuPressureNs = (): number | undefined => SYSTEM.figure(...PRESSURE);

interface FileReader {
  /** The number that `pattern` finds in a file, times `factor`. */
  figure(path: string, pattern: RegExp, factor: number): number | undefined;
  /** Files that gave no figure, and why; they are not tried again before each sample. */
  readonly unreadable: ReadonlyMap<string, string>;
}

export function fileReader(readText: (path: string) => string): FileReader {
  const unreadable = new Map<string, string>();
  return {
    unreadable,
    figure(path, pattern, factor) {
      if (unreadable.has(path)) return undefined;
      try {
        const found = pattern.exec(readText(path));
        if (found) return Number(found[1]) * factor;
        unreadable.set(path, "it has another format");
      } catch (error) {
        unreadable.set(path, messageOf(error));
      }
      return undefined;
    },
  };
}

const SYSTEM = fileReader((path) => readFileSync(path, "utf8"));
