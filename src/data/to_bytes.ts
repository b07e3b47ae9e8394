import { product } from "./formats/idx.ts";
import { type Table, unreadable, type Values } from "./formats/table.ts";
import type { DataNote } from "./schemas.ts";

type How = Extract<DataNote, { kind: "pixels-mapped" }>["how"] | "as-is";

interface Range {
  readonly least: number;
  readonly greatest: number;
  /** No value has a fraction. */
  readonly isWhole: boolean;
}

/** The pixels of a split: bytes in memory, or the table of a file that has them as they are. */
export type Pixels = Uint8Array | StoredTable;
export type StoredTable = Table & Required<Pick<Table, "stored">>;

/**
 * The pixels of all images of a set as bytes, 0 to 255, by one rule for all: bytes stay, 0 to 1 becomes 0 to 255,
 * signed bytes are turned back, anything else is mapped linearly. Bytes in a file stay there. Throws InputError for
 * values that are no numbers.
 */
export function pixelsAsBytes(
  tables: readonly Table[],
): { pixels: Pixels[]; notes: DataNote[] } {
  if (tables.some(isStored)) {
    // Bytes in a file are as they are to be. What is beside them is mapped for itself.
    const mapped = tables.map((table) =>
      isStored(table)
        ? { pixels: [table], notes: [] }
        : table.values instanceof Uint8Array
        ? { pixels: [table.values], notes: [] }
        : pixelsAsBytes([table])
    );
    return {
      pixels: mapped.flatMap(({ pixels }) => pixels),
      notes: mapped.flatMap(({ notes }) => notes),
    };
  }
  const isBytes = ({ values, format }: Table) =>
    values instanceof Uint8Array && format !== "csv" && format !== "libsvm";
  if (tables.every(isBytes)) {
    return { pixels: tables.map(({ values }) => values as Uint8Array), notes: [] };
  }
  const ranges = tables.map(rangeOf);
  const range = {
    least: Math.min(...ranges.map(({ least }) => least)),
    greatest: Math.max(...ranges.map(({ greatest }) => greatest)),
    isWhole: ranges.every(({ isWhole }) => isWhole),
  };
  const features = product(tables[0].shape.slice(1));
  const { how, least, greatest } = howToMap(range, features, tables[0].values);
  const map = MAPS[how];
  const pixels = tables.map(({ values }) => {
    if (how === "as-is" && values instanceof Uint8Array) return values;
    const bytes = new Uint8Array(values.length);
    for (let i = 0; i < values.length; i++) bytes[i] = map(values[i], least, greatest);
    return bytes;
  });
  return {
    pixels,
    notes: how === "as-is" ? [] : [{ kind: "pixels-mapped", how, least, greatest }],
  };
}

const MAPS: Readonly<Record<How, (value: number, least: number, greatest: number) => number>> = {
  "as-is": (value) => value,
  unit: (value) => Math.round(255 * value),
  rounded: (value) => Math.round(value),
  wrapped: (value) => value & 255,
  shifted: (value) => value + 128,
  linear: (value, least, greatest) => Math.round(255 * (value - least) / (greatest - least)),
};

function howToMap(
  { least, greatest, isWhole }: Range,
  features: number,
  values: Values,
): { how: How; least: number; greatest: number } {
  const given = { least, greatest };
  if (least >= 0) {
    if (greatest <= 1) return { how: "unit", ...given };
    // The digits of 8 × 8 pixels that come with scikit-learn count the dark ones of sixteen.
    if (features === 64 && greatest <= 16) return { how: "linear", least: 0, greatest: 16 };
    if (greatest <= 255 && isWhole) return { how: "as-is", ...given };
    if (greatest <= 255 && greatest > 16) return { how: "rounded", ...given };
  } else if (isWhole && least >= -128 && greatest <= 127 && greatest - least > 2) {
    // Black is the commonest pixel. It stays 0 where bytes were read as signed, not where 128 was subtracted.
    return { how: commonest(values) === -128 ? "shifted" : "wrapped", ...given };
  }
  return { how: "linear", ...given };
}

function rangeOf({ values, path, shape }: Table): Range {
  let [least, greatest, isWhole] = [Infinity, -Infinity, true];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value < least) least = value;
    if (value > greatest) greatest = value;
    if (value !== Math.trunc(value)) {
      isWhole = false;
      if (Number.isNaN(value)) {
        const example = Math.floor(i / product(shape.slice(1)));
        throw unreadable(path, `a pixel of example ${example} is not a number`, "numbers");
      }
    }
  }
  if (!Number.isFinite(least) || !Number.isFinite(greatest)) {
    throw unreadable(path, "a pixel is infinite", "finite numbers");
  }
  return { least, greatest, isWhole };
}

function commonest(values: Values): number {
  const counts = new Uint32Array(256);
  for (let i = 0; i < values.length; i++) counts[values[i] + 128]++;
  return counts.indexOf(Math.max(...counts)) - 128;
}

const isStored = (table: Table): table is StoredTable => table.stored !== undefined;
