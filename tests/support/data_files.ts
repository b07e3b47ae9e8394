import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { zipSync } from "fflate";

/** Writes files, by their paths below `folder`. */
export function writeFiles(folder: string, files: Readonly<Record<string, Uint8Array | string>>) {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

type Put = (view: DataView, at: number, value: number, little: boolean) => void;

/** IDX element type → bytes of an element, and how one is written. */
const ELEMENTS: Readonly<Record<number, [size: number, put: Put]>> = {
  0x08: [1, (view, at, value) => view.setUint8(at, value)],
  0x09: [1, (view, at, value) => view.setInt8(at, value)],
  0x0b: [2, (view, at, value, little) => view.setInt16(at, value, little)],
  0x0c: [4, (view, at, value, little) => view.setInt32(at, value, little)],
  0x0d: [4, (view, at, value, little) => view.setFloat32(at, value, little)],
  0x0e: [8, (view, at, value, little) => view.setFloat64(at, value, little)],
};

/** An IDX file of any element type; big-endian unless said. */
export function idxOf(
  type: number,
  lengths: readonly number[],
  values: ArrayLike<number>,
  { header = "big", body = "big" }: {
    readonly header?: "big" | "little" | "little lengths";
    readonly body?: "big" | "little";
  } = {},
): Uint8Array {
  const [size, put] = ELEMENTS[type];
  const start = 4 + 4 * lengths.length;
  const file = new Uint8Array(start + values.length * size);
  const view = new DataView(file.buffer);
  view.setUint32(0, type << 8 | lengths.length, header === "little");
  lengths.forEach((length, i) => view.setUint32(4 + 4 * i, length, header !== "big"));
  Array.from(values).forEach((value, i) => put(view, start + i * size, value, body === "little"));
  return file;
}

/** An .npy file, version 1, as NumPy writes it. `body`: the elements in the order of memory. */
export function npyOf(
  descr: string,
  shape: readonly number[],
  body: Uint8Array,
  isFortran = false,
): Uint8Array {
  const lengths = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dictionary = `{'descr': '${descr}', 'fortran_order': ${
    isFortran ? "True" : "False"
  }, 'shape': (${lengths}), }`;
  const header = `${dictionary.padEnd(128 - 10 - 1)}\n`;
  const file = new Uint8Array(128 + body.length);
  file.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]);
  file.set(new TextEncoder().encode(header), 10);
  file.set(body, 128);
  return file;
}

/** A zip archive, of which an .npz is one. */
export const zipOf = (files: Readonly<Record<string, Uint8Array>>): Uint8Array => zipSync(files);

/** The bytes of an array's elements, in this machine's order. */
export const bytesOf = ({ buffer }: ArrayBufferView<ArrayBuffer>): Uint8Array =>
  new Uint8Array(buffer);
