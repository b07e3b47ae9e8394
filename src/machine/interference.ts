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

/**
 * Records what the system did during each sample, off the clock. A reading takes about 15 µs. It notes this process's
 * CPU time and context switches. On Linux it also notes how long the main thread waited for a CPU
 * (/proc/self/schedstat), how long any task did (/proc/pressure/cpu), and how much time the hypervisor gave to others
 * (/proc/stat). Deno allows the first and the last only with all permissions.
 */
export function openInterferenceMeter(files: FileReader = SYSTEM) {
  const entries: Record<Figure, number[]> = {
    cpuNs: [],
    involuntarySwitches: [],
    waitNs: [],
    pressureNs: [],
    stealNs: [],
  };
  let before: Reading | undefined;
  return {
    /** Just before a sample. */
    open(): void {
      before = entries.cpuNs.length < MOST_ENTRIES ? read(files) : undefined;
    },
    /** Right after it. Does nothing when none was opened. */
    close(): void {
      if (before === undefined) return;
      const after = read(files);
      for (const figure of FIGURES) {
        const [was, is] = [before[figure], after[figure]];
        if (was !== undefined && is !== undefined) entries[figure].push(is - was);
      }
      before = undefined;
    },
    /** An entry for each of the first `samples` samples; undefined where the engine took others than it returned. */
    entries(samples: number): z.infer<typeof SampleInterference> | undefined {
      const count = Math.min(samples, MOST_ENTRIES);
      // mitata drops some of its samples and does not say which.
      if (entries.cpuNs.length !== count || count === 0) return undefined;
      return {
        setAsideAbove: MOST_WAITING,
        cpuNs: entries.cpuNs,
        involuntarySwitches: entries.involuntarySwitches,
        ...Object.fromEntries(
          FIGURES.filter((figure) => entries[figure].length === count)
            .map((figure) => [figure, entries[figure]]),
        ),
        ...(files.unreadable.size > 0 && {
          unreadable: [...files.unreadable].map(([path, message]) => ({ path, message })),
        }),
      };
    },
  };
}

const FIGURES = ["cpuNs", "involuntarySwitches", "waitNs", "pressureNs", "stealNs"] as const;
type Figure = typeof FIGURES[number];
type Reading = Readonly<Record<Figure, number | undefined>>;

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
