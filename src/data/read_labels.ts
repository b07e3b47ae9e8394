import { product } from "./formats/idx.ts";
import { type Table, unreadable, type Values } from "./formats/table.ts";
import type { DataNote } from "./schemas.ts";

/** QMNIST's labels have eight columns: the class, then who wrote the digit. */
const QMNIST_COLUMNS = 8;

/**
 * (count) labels as whole numbers, from one number, one-hot rows, or rows whose first number is the class. Throws
 * InputError for labels that are none.
 */
export function readLabels(table: Table): { labels: Uint8Array; notes: DataNote[] } {
  const { path, shape, values } = table;
  const [count, columns] = [shape[0], product(shape.slice(1))];
  const notes: DataNote[] = [];
  let of = (n: number): number => values[n * columns];
  if (columns > 1) {
    if (isOneHot(values, columns)) {
      notes.push({ kind: "one-hot", path, classes: columns });
      of = (n) => values.subarray(n * columns, (n + 1) * columns).indexOf(1);
    } else if (columns === QMNIST_COLUMNS) {
      notes.push({ kind: "label-column", path, columns });
    } else {
      throw unreadable(
        path,
        `it has ${shape.join(" × ")} numbers for labels`,
        "one label for each image, one-hot rows, or QMNIST's eight columns",
      );
    }
  }
  const labels = new Uint8Array(count);
  for (let n = 0; n < count; n++) {
    const label = of(n);
    if (!(Number.isInteger(label) && label >= 0 && label <= 255)) {
      throw unreadable(path, `label ${label} of example ${n} is out of range`, "0 to 255");
    }
    labels[n] = label;
  }
  return { labels, notes };
}

/** Whether these columns of every row (default: all) hold one 1 and else 0. */
export function isOneHot(
  values: Values,
  columns: number,
  picked: readonly number[] = Array.from({ length: columns }, (_, column) => column),
): boolean {
  for (let row = 0; row < values.length; row += columns) {
    let ones = 0;
    for (const column of picked) {
      const value = values[row + column];
      if (value !== 0 && value !== 1) return false;
      ones += value;
    }
    if (ones !== 1) return false;
  }
  return true;
}
