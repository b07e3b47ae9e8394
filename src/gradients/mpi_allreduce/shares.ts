/** The rows of a subset that a rank holds: `first` to `end` − 1. */
export interface Share {
  readonly first: number;
  readonly end: number;
}

/**
 * The share of one rank. A subset is in a random order that balances the classes, so that each share is a random sample,
 * too.
 */
export const shareOf = (examples: number, rank: number, ranks: number): Share => ({
  first: Math.floor(examples * rank / ranks),
  end: Math.floor(examples * (rank + 1) / ranks),
});

/**
 * Writes those of `rows` that the rank holds to `into`, from `at` on, as numbers within its share. Returns where they
 * end.
 */
export function takeOwn(
  rows: Uint32Array,
  { first, end }: Share,
  into: Uint32Array,
  at = 0,
): number {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (row >= first && row < end) into[at++] = row - first;
  }
  return at;
}

/** What a rank computes in an epoch: of each minibatch the rows that it holds. */
export interface OwnEpoch {
  /** [step] rows within its share; views of one array. */
  readonly rows: readonly Uint32Array[];
  /** [step] size of the whole minibatch. */
  readonly sizes: readonly number[];
}

/** The rank's part of the minibatches of `order`. */
export function ownEpoch(order: Uint32Array, batchSize: number, share: Share): OwnEpoch {
  const own = new Uint32Array(order.length);
  const rows: Uint32Array[] = [];
  const sizes: number[] = [];
  let from = 0;
  for (let start = 0; start < order.length; start += batchSize) {
    const batch = order.subarray(start, start + batchSize);
    const to = takeOwn(batch, share, own, from);
    rows.push(own.subarray(from, to));
    sizes.push(batch.length);
    from = to;
  }
  return { rows, sizes };
}
