/**
 * A filter of system calls for seccomp: a process may start threads, but no other process; it may open sockets of this
 * machine's file system, but none of a network; it reads no memory of others, and no keys of the user (keyrings(7)). The
 * format is that of linux/filter.h and linux/seccomp.h.
 */

/** Numbers of system calls; architectures of linux/audit.h. */
const ARCHITECTURES = {
  x64: {
    audit: 0xc000003e,
    clone: 56,
    socket: 41,
    // fork, vfork, ptrace, setns, unshare; add_key, request_key, keyctl; process_vm_readv, process_vm_writev
    refused: [57, 58, 101, 308, 272, 248, 249, 250, 310, 311],
    // kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo
    signals: [62, 200, 234, 129, 297],
    prlimit: 302,
    /** Numbers from here on are those of the x32 ABI, which would lead around the filter. */
    most: 0x40000000,
  },
  arm64: {
    audit: 0xc00000b7,
    clone: 220,
    socket: 198,
    refused: [117, 268, 97, 217, 218, 219, 270, 271],
    signals: [129, 130, 131, 138, 240],
    prlimit: 261,
    most: undefined,
  },
} as const;
/** clone3, whose flags lie in memory, where a filter cannot look: the C library then takes clone. And io_uring_setup. */
const ABSENT = [435, 425];
/** pidfd_getfd and pidfd_send_signal. */
const [TAKE_FILE, SIGNAL_BY_FILE] = [438, 424];

const CLONE_THREAD = 0x10000;
const AF_UNIX = 1;

const [LOAD, JUMP_EQUAL, JUMP_FROM, JUMP_SET, RETURN] = [0x20, 0x15, 0x35, 0x45, 0x06];
/** Offsets in struct seccomp_data. */
const [NUMBER, ARCHITECTURE, FIRST_ARGUMENT] = [0, 4, 16];
const ALLOW = 0x7fff0000;
const [NOT_PERMITTED, NOT_IMPLEMENTED] = [0x00050001, 0x00050026];

type Instruction = readonly [code: number, k: number, isTrue?: number, isFalse?: number];

/**
 * The program for a processor, as Node names it; undefined where its numbers are not known. A process that sees others
 * than those of its box may send no signals, and set no limits but its own.
 */
export function processFilter(architecture: string, seesOthers = false): Uint8Array | undefined {
  if (architecture !== "x64" && architecture !== "arm64") return undefined;
  const { audit, clone, socket, refused, signals, prlimit, most } = ARCHITECTURES[architecture];
  const none = [...refused, TAKE_FILE, ...(seesOthers ? [...signals, SIGNAL_BY_FILE] : [])];
  /** Skips the instruction after it unless the number is this one. */
  const onNumber = (number: number, ...then: Instruction[]): Instruction[] => [
    [JUMP_EQUAL, number, 0, then.length],
    ...then,
  ];
  const program: Instruction[] = [
    [LOAD, ARCHITECTURE],
    [JUMP_EQUAL, audit, 1, 0],
    [RETURN, NOT_IMPLEMENTED],
    [LOAD, NUMBER],
    ...(most === undefined
      ? []
      : [[JUMP_FROM, most, 0, 1], [RETURN, NOT_IMPLEMENTED]] as Instruction[]),
    ...ABSENT.flatMap((number) => onNumber(number, [RETURN, NOT_IMPLEMENTED])),
    ...none.flatMap((number) => onNumber(number, [RETURN, NOT_PERMITTED])),
    ...(seesOthers
      ? onNumber(
        prlimit,
        [LOAD, FIRST_ARGUMENT],
        [JUMP_EQUAL, 0, 1, 0],
        [RETURN, NOT_PERMITTED],
        [RETURN, ALLOW],
      )
      : []),
    ...onNumber(
      clone,
      [LOAD, FIRST_ARGUMENT],
      [JUMP_SET, CLONE_THREAD, 1, 0],
      [RETURN, NOT_PERMITTED],
      [RETURN, ALLOW],
    ),
    ...onNumber(
      socket,
      [LOAD, FIRST_ARGUMENT],
      [JUMP_EQUAL, AF_UNIX, 1, 0],
      [RETURN, NOT_PERMITTED],
      [RETURN, ALLOW],
    ),
    [RETURN, ALLOW],
  ];
  const view = new DataView(new ArrayBuffer(8 * program.length));
  program.forEach(([code, k, isTrue = 0, isFalse = 0], n) => {
    view.setUint16(8 * n, code, true);
    view.setUint8(8 * n + 2, isTrue);
    view.setUint8(8 * n + 3, isFalse);
    view.setUint32(8 * n + 4, k, true);
  });
  return new Uint8Array(view.buffer);
}
