import type { LabelledTables, Table, Values } from "../formats/table.ts";

/**
 * Arrays of NumPy that hold an example in each column, as (784, m) images and (1, m) or (classes, m) labels, with an
 * example in each row; the same tables where they have it so.
 */
export function examplesFirst({ images, labels }: LabelledTables): LabelledTables {
  const count = images.shape[0];
  const isTurned = images.format === "npy" && images.shape.length === 2 &&
    labels.shape[0] !== count && images.shape[1] === labels.shape.at(-1);
  // Labels of images that have an example in each row may be a row themselves.
  const isRow = labels.shape.length === 2 && labels.shape[0] === 1 && labels.shape[1] > 1 &&
    (isTurned || labels.shape[1] === count);
  if (!isTurned && !isRow) return { images, labels };
  const areLabelsTurned = labels.shape.length === 2 && labels.shape[0] !== labels.shape[1];
  return {
    images: isTurned
      ? {
        ...turned(images),
        notes: [...images.notes, { kind: "examples-in-columns", path: images.path }],
      }
      : images,
    labels: areLabelsTurned ? turned(labels) : labels,
  };
}

function turned(table: Table): Table {
  const [rows, columns] = table.shape;
  const values: Values = table.values.slice();
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      values[column * rows + row] = table.values[row * columns + column];
    }
  }
  return { ...table, shape: [columns, rows], values };
}
