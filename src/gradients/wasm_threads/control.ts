/**
 * How the threads of a kernel speak: a few words of their shared memory.
 *
 * A job is announced by a new number in `job`; each worker does its share of it and writes that number to its
 * own `done`. Both sides look at the word again and again for a while, because the next job mostly comes
 * within microseconds and being woken takes longer; then they sleep.
 */
export interface Control {
  readonly words: Int32Array;
  /** Number of the job that is to be done. */
  readonly job: 0;
  /** What it is: one of JOBS. */
  readonly kind: 1;
  /** Threads that sleep, or are about to. */
  readonly sleepers: 2;
  /** The worker that failed; 0: none. */
  readonly failed: 3;
  /** (1) what the job needs: 1 / B of a step, the rate of an update. */
  readonly factor: Float64Array;
  /** Place of the number of the job that worker k (1, 2, …) did last; −1 until it is ready. */
  done(worker: number): number;
  /** (2) the ends of the worker's share of the batch. */
  share(worker: number): Int32Array;
  /** (1) the sum of its losses. */
  loss(worker: number): Float64Array;
}

export const JOBS = { step: 1, reduce: 2, descend: 3, exit: 4 } as const;

/** Each worker's words lie on a cache line of their own, so that writing them disturbs no other. */
const LINE_BYTES = 64;
const LINE_WORDS = LINE_BYTES / 4;

export const controlBytes = (threads: number): number => LINE_BYTES * threads;

/** The control words of so many threads at an address that is a multiple of 64. */
export function controlAt(buffer: ArrayBufferLike, address: number, threads: number): Control {
  const lineOf = (worker: number) => address + LINE_BYTES * worker;
  return {
    words: new Int32Array(buffer, address, LINE_WORDS * threads),
    job: 0,
    kind: 1,
    sleepers: 2,
    failed: 3,
    factor: new Float64Array(buffer, address + 16, 1),
    done: (worker) => LINE_WORDS * worker,
    share: (worker) => new Int32Array(buffer, lineOf(worker) + 4, 2),
    loss: (worker) => new Float64Array(buffer, lineOf(worker) + 16, 1),
  };
}

/** So many looks take about a tenth of a millisecond. */
const LOOKS = 20_000;
/** A thread that sleeps looks up now and then, in case the one that it waits for is gone. */
const SLEEP_MS = 100;

/** Waits until the word is no longer `value`, and returns what it is, or until `isOver`. */
export function waitWhile(
  { words, sleepers }: Control,
  word: number,
  value: number,
  isOver: () => boolean = () => false,
): number {
  for (let look = 0; look < LOOKS; look++) {
    const now = Atomics.load(words, word);
    if (now !== value) return now;
  }
  Atomics.add(words, sleepers, 1);
  while (Atomics.load(words, word) === value && !isOver()) {
    Atomics.wait(words, word, value, SLEEP_MS);
  }
  Atomics.sub(words, sleepers, 1);
  return Atomics.load(words, word);
}

/** Writes a word that others may wait for, and wakes them. */
export function announce({ words, sleepers }: Control, word: number, value: number): void {
  // Who goes to sleep counts itself first and looks at the word then: one of the two sees the other.
  Atomics.store(words, word, value);
  if (Atomics.load(words, sleepers) > 0) Atomics.notify(words, word);
}
