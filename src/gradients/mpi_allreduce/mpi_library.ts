import process from "node:process";
import { type Library, type NativeBuffer, openLibrary } from "../../base/ffi.ts";

/**
 * Libraries with the same binary interface: that of MPICH, which Intel MPI, MVAPICH and Cray MPICH share, and that of Open
 * MPI.
 */
export const MPI_FAMILIES = ["mpich", "open-mpi"] as const;
export type MpiFamily = (typeof MPI_FAMILIES)[number];

/** An MPI library, by its absolute path. */
export interface MpiLibrary {
  readonly family: MpiFamily;
  readonly path: string;
}

/** Names of the libraries: the number stands for the binary interface. */
export const MPI_LIBRARY_NAMES: Readonly<Record<MpiFamily, readonly string[]>> = {
  "mpich": ["libmpich.so.12", "libmpi.so.12", "libmpi.12.dylib"],
  "open-mpi": ["libmpi.so.40", "libmpi.40.dylib"],
};

/** Where distributions put them. */
export const MPI_LIBRARY_FOLDERS: readonly string[] = [
  "/usr/lib/x86_64-linux-gnu",
  "/usr/lib/aarch64-linux-gnu",
  "/usr/lib64/mpich/lib",
  "/usr/lib64/openmpi/lib",
  "/usr/lib64",
  "/usr/lib",
  "/usr/local/lib",
  "/opt/homebrew/lib",
];

/** Every library that may lie in a usual place. */
export const USUAL_MPI_LIBRARIES: readonly MpiLibrary[] = MPI_FAMILIES.flatMap((family) =>
  MPI_LIBRARY_FOLDERS.flatMap((folder) =>
    MPI_LIBRARY_NAMES[family].map((name) => ({ family, path: `${folder}/${name}` }))
  )
);

/** One process of a job, connected to the others. All must call the same operations in the same order. */
export interface Mpi {
  /** "MPICH 4.0.2". */
  readonly version: string;
  /** 0 to size − 1. */
  readonly rank: number;
  /** Processes of the job, as the library sees them. */
  readonly size: number;
  /** A function that overwrites `array` in every rank by the sum of the arrays of all ranks. */
  summing(array: Float32Array | Float64Array): () => void;
  /** Overwrites `array` by that of rank `root`. */
  broadcast(array: Float64Array | Float32Array | Uint32Array | Uint8Array, root?: number): void;
  /** Ends the processes of all ranks. */
  abort(): void;
  /** Says goodbye; nothing else may follow. */
  finalize(): void;
}

/** Handles are numbers in MPICH and addresses in Open MPI. */
const signaturesWith = <H extends "i32" | "pointer">(handle: H) =>
  ({
    MPI_Init_thread: { parameters: ["usize", "usize", "i32", "buffer"], result: "i32" },
    MPI_Comm_rank: { parameters: [handle, "buffer"], result: "i32" },
    MPI_Comm_size: { parameters: [handle, "buffer"], result: "i32" },
    MPI_Allreduce: {
      parameters: ["usize", "buffer", "i32", handle, handle, handle],
      result: "i32",
    },
    MPI_Bcast: { parameters: ["buffer", "i32", handle, "i32", handle], result: "i32" },
    MPI_Abort: { parameters: [handle, "i32"], result: "i32" },
    MPI_Finalize: { parameters: [], result: "i32" },
    MPI_Get_library_version: { parameters: ["buffer", "buffer"], result: "i32" },
  }) as const;

const MPICH = signaturesWith("i32");
const OPEN_MPI = {
  ...signaturesWith("pointer"),
  // From the C library, which Open MPI depends on.
  dlopen: { parameters: ["buffer", "i32"], result: "pointer" },
  dlsym: { parameters: ["pointer", "buffer"], result: "pointer" },
} as const;

type Functions = Library<typeof MPICH>["functions"];

/** The constants of mpi.h that are used. */
interface Constants {
  readonly world: number;
  readonly byte: number;
  readonly float: number;
  readonly double: number;
  readonly sum: number;
  readonly inPlace: number | bigint;
}

interface Opened {
  readonly functions: Functions;
  readonly constants: Constants;
  buffer(array: Parameters<Mpi["broadcast"]>[0] | Int32Array): NativeBuffer;
}

/** MPICH ABI Compatibility Initiative: the same in all libraries of this interface. */
const MPICH_CONSTANTS: Constants = {
  world: 0x44000000,
  byte: 0x4c00010d,
  float: 0x4c00040a,
  double: 0x4c00080b,
  sum: 0x58000003,
  inPlace: 0xffff_ffff_ffff_ffffn, // (void *) −1
};

/** Only the first thread of a process calls MPI. */
const THREAD_FUNNELED = 1;
/** RTLD_NOW | RTLD_GLOBAL */
const NOW_AND_GLOBAL = process.platform === "darwin" ? 0x2 | 0x8 : 0x2 | 0x100;
/** MPICH's MPI_MAX_LIBRARY_VERSION_STRING; that of Open MPI is less. */
const LONGEST_VERSION = 8192;

/** Opens the library and initialises MPI. Throws if it cannot be opened, or fails; a process can do it only once. */
export async function openMpi(library: MpiLibrary): Promise<Mpi> {
  const { functions, constants, buffer } = library.family === "mpich"
    ? await openMpich(library.path)
    : await openOpenMpi(library.path);
  const { world, byte, float, double, sum, inPlace } = constants;
  const { MPI_Allreduce, MPI_Bcast } = functions;
  const number = new Int32Array(1);
  const asked = (call: (to: NativeBuffer) => number, what: string): number => {
    check(call(buffer(number)), what);
    return number[0];
  };
  const version = versionOf(functions, buffer);
  asked((to) => functions.MPI_Init_thread(0, 0, THREAD_FUNNELED, to), "MPI_Init_thread");
  return {
    version,
    rank: asked((to) => functions.MPI_Comm_rank(world, to), "MPI_Comm_rank"),
    size: asked((to) => functions.MPI_Comm_size(world, to), "MPI_Comm_size"),

    summing(array) {
      const type = array instanceof Float32Array ? float : double;
      const to = buffer(array);
      // Reads the array, which must live as long as this function.
      return () =>
        check(MPI_Allreduce(inPlace, to, array.length, type, sum, world), "MPI_Allreduce");
    },

    broadcast(array, root = 0) {
      if (array.length === 0) return;
      check(MPI_Bcast(buffer(array), array.byteLength, byte, root, world), "MPI_Bcast");
    },

    abort: () => void functions.MPI_Abort(world, 1),
    finalize: () => check(functions.MPI_Finalize(), "MPI_Finalize"),
  };
}

function check(code: number, what: string): void {
  if (code !== 0) throw new Error(`${what} failed with error ${code}`);
}

async function openMpich(path: string): Promise<Opened> {
  const library = await openLibrary([path], MPICH);
  if (!library.available) throw new Error(library.reason);
  return { ...library, constants: MPICH_CONSTANTS };
}

/** Texts that native code reads: nothing else would keep them. */
const HELD: Uint8Array[] = [];

/** Its constants are the addresses of variables, and its plug-ins look for its functions among those of all libraries. */
async function openOpenMpi(path: string): Promise<Opened> {
  const library = await openLibrary([path], OPEN_MPI);
  if (!library.available) throw new Error(library.reason);
  const { functions, buffer } = library;
  const nameOf = (text: string) => {
    const bytes = new TextEncoder().encode(text + "\0");
    HELD.push(bytes);
    return buffer(bytes);
  };
  const handle = functions.dlopen(nameOf(path), NOW_AND_GLOBAL);
  const addressOf = (name: string): number => {
    const address = handle && functions.dlsym(handle, nameOf(name));
    if (!address) throw new Error(`${path} has no ${name}: it is not Open MPI's library`);
    return address as unknown as number; // what it is, only native code knows
  };
  return {
    functions: functions as unknown as Functions,
    buffer,
    constants: {
      world: addressOf("ompi_mpi_comm_world"),
      byte: addressOf("ompi_mpi_byte"),
      float: addressOf("ompi_mpi_float"),
      double: addressOf("ompi_mpi_double"),
      sum: addressOf("ompi_mpi_op_sum"),
      inPlace: 1,
    },
  };
}

/** "MPICH 4.0.2" of "MPICH Version:\t4.0.2\n…"; "Open MPI v4.1.4" of "Open MPI v4.1.4, package: …". */
function versionOf(functions: Functions, buffer: Opened["buffer"]): string {
  const text = new Uint8Array(LONGEST_VERSION);
  const length = new Int32Array(1);
  check(functions.MPI_Get_library_version(buffer(text), buffer(length)), "MPI_Get_library_version");
  return shortVersion(new TextDecoder().decode(text.subarray(0, length[0])));
}

export const shortVersion = (text: string): string =>
  text.split(/[\n,]/)[0].replace(/ *Version:\s*/, " ").replaceAll(/[\s\0]+/g, " ").trim();
