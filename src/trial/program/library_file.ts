import { Buffer } from "node:buffer";
import { closeSync, openSync, readSync } from "node:fs";
import process from "node:process";

/** Numbers of processors in the heads of libraries, with the names of `process.arch`. */
const ELF: Readonly<Record<number, string>> = {
  3: "ia32",
  40: "arm",
  62: "x64",
  183: "arm64",
  243: "riscv64",
};
const MACH_O: Readonly<Record<number, string>> = { 0x01000007: "x64", 0x0100000c: "arm64" };
const PE: Readonly<Record<number, string>> = { 0x014c: "ia32", 0x8664: "x64", 0xaa64: "arm64" };

/** Why a file cannot be a library of this machine; undefined where nothing speaks against it. */
export function libraryFault(path: string): string | undefined {
  const head = Buffer.alloc(4096);
  const file = openSync(path, "r");
  const length = readSync(file, head);
  closeSync(file);
  const machine = machineOf(head.subarray(0, length));
  if (machine === undefined) return "it is not a native library (ELF, Mach-O or PE)";
  if (machine === "any" || machine === process.arch) return undefined;
  return `it is compiled for ${machine}, and this machine is ${process.arch}`;
}

/** The processor that a library is compiled for, "any" where this does not tell, undefined where it is none. */
function machineOf(head: Buffer): string | undefined {
  if (head.length < 64) return undefined;
  const magic = head.readUInt32BE(0);
  if (magic === 0x7f454c46) { // "\x7fELF"; byte 5 is its byte order
    return ELF[head[5] === 2 ? head.readUInt16BE(18) : head.readUInt16LE(18)] ??
      "another processor";
  }
  if (magic === 0xcffaedfe) return MACH_O[head.readUInt32LE(4)] ?? "another processor";
  if (magic === 0xcafebabe) return "any"; // several in one file
  if (head.readUInt16BE(0) !== 0x4d5a) return undefined; // "MZ"
  const at = head.readUInt32LE(60);
  return at + 6 > head.length ? "any" : PE[head.readUInt16LE(at + 4)] ?? "another processor";
}
