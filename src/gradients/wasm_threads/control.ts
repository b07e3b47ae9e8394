/**
 * A few words of shared memory by which the threads of a kernel communicate.
 *
 * A new number in `job` announces a job; each worker does its share and writes that number to its own `done`.
 * Both sides spin for a while first, because the next job mostly comes within microseconds and waking a thread
 * takes longer. Then they sleep.
 */
export interface Control {
  readonly words: Int32Array;
  /** Number of the current job. */
  readonly job: 0;
  /** Its kind: one of JOBS. */
  readonly kind: 1;
  /** How many threads sleep or are about to. */
  readonly sleepers: 2;
  /** The worker that failed; 0 if none. */
  readonly failed: 3;
  /** How many examples the minibatch has. */
  readonly examples: 6;
  /** (1) the job's argument: 1 / B of the layers, or the rate of an update. */
  readonly factor: Float64Array;
  /** Index of the word with the last job done by worker k (1, 2, …); −1 until it is ready. */
  done(worker: number): number;
  /** (1) the sum of its losses. */
  loss(worker: number): Float64Array;
}

/** `update` and `deliver` add the gradients of the pixels first. */
export const JOBS = {
  sumPixels: 1,
  layersAbove: 2,
  update: 3,
  deliver: 4,
  descend: 5,
  exit: 6,
} as const;

/** Each worker's words have a cache line of their own, so that writing them disturbs no other. */
const LINE_BYTES = 64;
const LINE_WORDS = LINE_BYTES / 4;

export const controlBytes = (threads: number): number => LINE_BYTES * threads;

/** The control words of `threads` threads at an address that is a multiple of 64. */
export function controlAt(buffer: ArrayBufferLike, address: number, threads: number): Control {
  const lineOf = (worker: number) => address + LINE_BYTES * worker;
  return {
    words: new Int32Array(buffer, address, LINE_WORDS * threads),
    job: 0,
    kind: 1,
    sleepers: 2,
    failed: 3,
    examples: 6,
    factor: new Float64Array(buffer, address + 16, 1),
    done: (worker) => LINE_WORDS * worker,
    loss: (worker) => new Float64Array(buffer, lineOf(worker) + 16, 1),
  };
}

/** The first and the last + 1 of the examples whose upper layers a thread computes. */
export const shareOf = (thread: number, threads: number, examples: number): [number, number] => [
  Math.round(examples * thread / threads),
  Math.round(examples * (thread + 1) / threads),
];

/** Spinning this often takes about a tenth of a millisecond. */
const LOOKS = 20_000;
/** A sleeping thread wakes this often, in case the one it waits for is gone. */
const SLEEP_MS = 100;

/** Waits until the word is no longer `value` or `isOver` is true; returns the word. */
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

/** Writes a word and wakes the threads that wait for it. */
export function announce({ words, sleepers }: Control, word: number, value: number): void {
  // A thread that goes to sleep counts itself first and then reads the word, so one side sees the other.
  Atomics.store(words, word, value);
  if (Atomics.load(words, sleepers) > 0) Atomics.notify(words, word);
}
