import { readProc } from "../base/proc.ts";

/** /proc/stat counts in USER_HZ, which Linux fixes at 100 for every architecture that Slope runs on. */
const NS_PER_TICK = 1e9 / 100;

/**
 * Nanoseconds since boot that the hypervisor gave to others, summed over the CPUs (`man 5 proc_stat`,
 * eighth figure of the first line); absent where there is no /proc/stat.
 */
export async function readStealNs(): Promise<number | undefined> {
  const figures = /^cpu +(.*)$/m.exec(await readProc("/proc/stat") ?? "")?.[1].split(/\s+/);
  const steal = figures?.[7];
  return steal === undefined ? undefined : Number(steal) * NS_PER_TICK;
}

/**
 * Greatest resident set of a living process (VmHWM, `man 5 proc_pid_status`); absent where there is no
 * /proc. Not getrusage's ru_maxrss: Linux hands that of the parent on to a child that it starts.
 */
export async function readPeakRssBytes(pid: number): Promise<number | undefined> {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(await readProc(`/proc/${pid}/status`) ?? "")?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}
