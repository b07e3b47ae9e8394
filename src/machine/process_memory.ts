import { readProc } from "../base/proc.ts";

/** /proc/stat counts in USER_HZ, which is 100 on every architecture that Slope supports. */
const NS_PER_TICK = 1e9 / 100;

/**
 * Nanoseconds since boot that the hypervisor gave to others, summed over CPUs (`man 5 proc_stat`, eighth figure of the
 * first line); absent without /proc/stat.
 */
export async function readStealNs(): Promise<number | undefined> {
  const figures = /^cpu +(.*)$/m.exec(await readProc("/proc/stat") ?? "")?.[1].split(/\s+/);
  const steal = figures?.[7];
  return steal === undefined ? undefined : Number(steal) * NS_PER_TICK;
}

/**
 * Peak resident set of a running process (VmHWM, `man 5 proc_pid_status`); absent without /proc. getrusage's ru_maxrss
 * will not do: Linux passes the parent's value on to a child. Of a box it is the greatest among the processes in it.
 */
export async function readPeakRssBytes(pid: number, isBox = false): Promise<number | undefined> {
  const peaks = await peaksOf(pid, isBox);
  return peaks.size === 0 ? undefined : Math.max(...peaks.values());
}

/** Peaks by process: of one, and of what descends from it. */
async function peaksOf(pid: number, descends: boolean): Promise<Map<number, number>> {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(await readProc(`/proc/${pid}/status`) ?? "")?.[1];
  if (kibibytes === undefined) return new Map();
  const own = [pid, Number(kibibytes) * 1024] as const;
  if (!descends) return new Map([own]);
  const children = (await readProc(`/proc/${pid}/task/${pid}/children`) ?? "").trim().split(/\s+/);
  const inside = await Promise.all(
    children.map(Number).filter((one) => one > 0).map((one) => peaksOf(one, true)),
  );
  return new Map([own, ...inside.flatMap((peaks) => [...peaks])]);
}
