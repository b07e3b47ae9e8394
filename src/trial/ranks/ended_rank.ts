import { constants } from "node:os";

/** The process of a job that ended first, as its launcher tells. */
export interface EndedRank {
  readonly rank: number;
  readonly exitCode?: number;
  readonly signal?: string;
}

/** [rank] its process; empty where it is not known yet. */
type Pids = readonly number[];

/** What Slurm calls the signal that ended a task. The kernel kills a task that is out of memory. */
const SLURM_SIGNALS: Readonly<Record<string, keyof typeof constants.signals>> = {
  "Killed": "SIGKILL",
  "Out Of Memory": "SIGKILL",
  "Segmentation fault": "SIGSEGV",
  "Aborted": "SIGABRT",
  "Bus error": "SIGBUS",
  "Illegal instruction": "SIGILL",
  "Floating point exception": "SIGFPE",
  "Terminated": "SIGTERM",
};
const SLURM_CAUSES = Object.keys(SLURM_SIGNALS);

/** What launchers write to standard error when a rank ends early. */
const PATTERNS: readonly {
  readonly pattern: RegExp;
  /** What the groups mean. */
  readonly read: (groups: readonly string[], pids: Pids) => EndedRank;
}[] = [
  { // MPICH
    pattern: /PID (\d+) RUNNING AT [^]*?EXIT CODE: (\d+)(?:[^]*?\(signal (\d+)\))?/,
    read: ([pid, code, signal], pids) => ended(pids.indexOf(Number(pid)), code, signal),
  },
  { // MPICH
    pattern: /application called MPI_Abort\(\w+, (\d+)\) - process (\d+)/,
    read: ([code, rank]) => ended(Number(rank), code, undefined),
  },
  { // Open MPI
    pattern: /process rank (\d+) with PID \d+ on node \S+ exited on\s+signal (\d+)/,
    read: ([rank, signal]) => ended(Number(rank), undefined, signal),
  },
  {
    pattern: /MPI_ABORT was invoked on rank (\d+)[^]*?errorcode (\d+)/,
    read: ([rank, code]) => ended(Number(rank), code, undefined),
  },
  {
    pattern: /Process name: \[\[\d+,\d+\],(\d+)\]\s+Exit code:\s+(\d+)/,
    read: ([rank, code]) => ended(Number(rank), code, undefined),
  },
  { // Slurm: the first in time stands first. It lists tasks that ended alike: "tasks 0-1,4: Killed".
    pattern: new RegExp(
      `\\btasks? (\\d+)[\\d,-]*: (?:Exited with exit code (\\d+)|(${SLURM_CAUSES.join("|")}))`,
    ),
    read: ([rank, code, cause]) =>
      ended(Number(rank), code, cause && String(constants.signals[SLURM_SIGNALS[cause]])),
  },
];

function ended(rank: number, code: string | undefined, number: string | undefined): EndedRank {
  if (number === undefined) return { rank, exitCode: Number(code) };
  const name = Object.entries(constants.signals).find(([, one]) => one === Number(number));
  return { rank, signal: name?.[0] ?? number };
}

/** Reads which rank ended first from what the launcher wrote; undefined where it does not say. */
export function endedRank(text: string, pids: Pids): EndedRank | undefined {
  for (const { pattern, read } of PATTERNS) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const found = read(match.slice(1), pids);
    if (found.rank >= 0) return found;
  }
  return undefined;
}

/** What launchers draw around their messages. */
const FRAME = /^[=-]{10,}$/;
const FRAMED = /^([=-])\1{9,}$[^]*?^\1{10,}$/gm;
/** What MPICH writes under its frame. */
const ADVICE =
  /^(?:YOUR APPLICATION TERMINATED|This typically refers|Please see the FAQ|Intel\(R\) MPI)/;
/** Lines that are kept of what a launcher says. */
const MOST_LINES = 3;

/** The text without what the launcher says about a rank that ended: only what programs wrote. */
export const withoutLauncher = (text: string): string =>
  text.replace(FRAMED, "").split("\n").filter((line) => !ADVICE.test(line.trim())).join("\n");

/** The first lines of what a launcher says that could not start a job; undefined where it says nothing. */
export function launcherWords(text: string): string | undefined {
  const lines = text.split("\n").map((line) => line.trim())
    .filter((line) => line !== "" && !FRAME.test(line));
  return lines.length === 0 ? undefined : lines.slice(0, MOST_LINES).join(" / ");
}
