import { type Dataset, firstExamples } from "./dataset.ts";
import { examplesAt } from "./rows.ts";
import type { DataNote } from "./schemas.ts";
import { InputError } from "../base/errors.ts";
import { balancedOrder } from "./subset.ts";

/** As in MNIST, one example in seven is for testing, and no more than it has. */
const SHARE = 1 / 7;
const MOST = 10_000;
/** From this size on, rows stay where they are: moving them would take seconds. */
const LARGE_BYTES = 2 ** 30;
const SEED = 1;

/**
 * Splits a set without a test set in place: the training set keeps its order, the test set has as many of each class
 * as of any other while they last. The training set shares the given memory or file.
 */
export function holdOutTest(set: Dataset, notes: DataNote[]): [train: Dataset, test: Dataset] {
  const { count, features, classes, labels } = set;
  if (count < 2) {
    throw new InputError(
      "Cannot use the data: it has 1 example and no test set, expected at least 2",
      "name a folder with more examples",
    );
  }
  const held = Math.max(1, Math.min(MOST, Math.floor(count * SHARE)));
  const isLarge = set.stored !== undefined || count * features > LARGE_BYTES;
  notes.push({
    kind: "held-out",
    examples: held,
    of: count,
    which: isLarge ? "last" : "balanced",
  });
  if (isLarge) {
    const last = Uint32Array.from({ length: held }, (_, n) => count - held + n);
    return [firstExamples(set, count - held), examplesAt(set, last)];
  }

  const { pixels } = set;
  const chosen = balancedOrder(labels, classes, SEED).slice(0, held).sort();
  const test = { pixels: new Uint8Array(held * features), labels: new Uint8Array(held) };
  let [kept, taken] = [0, 0];
  for (let n = 0; n < count; n++) {
    const row = pixels.subarray(n * features, (n + 1) * features);
    if (n === chosen[taken]) {
      test.pixels.set(row, taken * features);
      test.labels[taken++] = labels[n];
    } else {
      pixels.copyWithin(kept * features, n * features, (n + 1) * features);
      labels[kept++] = labels[n];
    }
  }
  return [firstExamples(set, kept), { ...set, count: held, ...test }];
}
