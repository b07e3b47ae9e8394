import { existsSync, lstatSync, readdirSync, readlinkSync, realpathSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, sep } from "node:path";

/** What runs a program in a box: bubblewrap, and the filter of system calls. */
export interface Box {
  readonly path: string;
  readonly version: string;
  /** Namespaces of its own that the system grants. */
  readonly namespaces: readonly string[];
  readonly filter: string;
  /** The most that a process may allocate. */
  readonly memoryBytes: number;
}

export interface Access {
  /** Files and folders; those that are not there are left out. */
  readonly read: readonly string[];
  /** A folder that it may write; everything else but its own temporary folder is read-only. */
  readonly write?: string | undefined;
  readonly gpu?: boolean;
  /** A compiler that starts others: the filter of system calls would refuse it. */
  readonly startsProcesses?: boolean;
}

/** What every program needs: libraries, and what finds them; nothing that names a person or holds a secret. */
const SYSTEM = [
  ...["/usr", "/opt", "/nix/store", "/gnu/store", "/sys"],
  ...["/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives"],
  ...["/etc/localtime", "/etc/vulkan", "/etc/OpenCL", "/etc/glvnd"],
];
/** Links into /usr, or folders, by the age of the system. */
const TOP = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
/** Listing /dev is a thing that Deno allows to nobody; those that are not there are left out. */
const DEVICES = ["dri", "kfd", "nvidiactl", "nvidia-uvm", "nvidia-uvm-tools"]
  .concat([...Array(8).keys()].map((n) => `nvidia${n}`))
  .map((name) => join("/dev", name));

/** Sets the limits, opens the filter, and becomes bubblewrap. */
const START = 'ulimit -c 0; ulimit -d "$1" 2>/dev/null; f=$2; shift 2; exec "$@" 9<"$f"';

export const namespaceFlags = (namespaces: readonly string[]): string[] => [
  ...namespaces.map((one) => `--unshare-${one}`),
  // Without a namespace of processes, a new /proc would be refused.
  ...(namespaces.includes("pid") ? ["--proc", "/proc"] : ["--ro-bind", "/proc", "/proc"]),
];

/**
 * The words that come before a command line so that it runs in the box: a file system that holds what `access` names,
 * read-only, an empty temporary folder, no network and no other processes. It ends with its parent.
 */
export function boxWords(box: Box, access: Access): string[] {
  const { path, namespaces, filter, memoryBytes } = box;
  const read = [...new Set(access.read.flatMap(withoutHome).flatMap(withTarget))];
  return [
    "/bin/sh",
    "-c",
    START,
    "sh",
    String(Math.floor(memoryBytes / 1024)),
    filter,
    path,
    ...["--die-with-parent", "--new-session", "--cap-drop", "ALL"],
    ...["--dev", "/dev", "--tmpfs", "/tmp", "--setenv", "SLOPE_SANDBOX", "1"],
    ...namespaceFlags(namespaces),
    ...TOP.flatMap(topFlags),
    ...SYSTEM.flatMap((one) => ["--ro-bind-try", one, one]),
    ...(access.gpu ? DEVICES.flatMap((one) => ["--dev-bind-try", one, one]) : []),
    // Folders before what lies in them.
    ...read.sort((a, b) => a.length - b.length).flatMap((one) => ["--ro-bind-try", one, one]),
    ...(access.write === undefined ? [] : ["--bind", access.write, access.write]),
    ...["--remount-ro", "/"],
    ...(access.startsProcesses ? [] : ["--seccomp", "9"]),
    "--",
  ];
}

function topFlags(path: string): string[] {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return [];
  return found.isSymbolicLink()
    ? ["--symlink", readlinkSync(path), path]
    : ["--ro-bind", path, path];
}

/** A link is mounted where it points to, too: what follows it needs both. */
const withTarget = (path: string): string[] => existsSync(path) ? [path, realpathSync(path)] : [];

/**
 * A folder that holds a home folder, and one for temporary files, which others share, is replaced by the files that lie in
 * it and are not hidden.
 */
function withoutHome(path: string): string[] {
  if (!existsSync(path)) return [];
  const real = realpathSync(path);
  const home = existsSync(homedir()) ? realpathSync(homedir()) : homedir();
  const holdsHome = home === real || home.startsWith(real === sep ? sep : real + sep);
  const isTemporary = ["/tmp", "/var/tmp", realpathSync(tmpdir())].includes(real);
  if (!holdsHome && !isTemporary) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map(({ name }) => join(path, name));
}
