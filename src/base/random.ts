/**
 * Seeded random numbers, the same on every runtime: sfc32 (Chris Doty-Humphrey, PractRand), with 128 bits of state; it
 * passes PractRand and BigCrush. `Math.random` is never used, because runs must be repeatable.
 */
export interface Random {
  /** A float64 in [0, 1) with 32 random bits. */
  uniform(): number;
  /** A standard normal number (Box, Muller, Ann. Math. Statist. 29, 1958, p. 610). */
  normal(): number;
  /** An integer in [0, below), without modulo bias. */
  integer(below: number): number;
}

/**
 * A generator for one purpose. `stream` separates the purposes that share a seed, such as initial parameters and the
 * shuffle of epoch 3.
 */
export function randomFrom(seed: number, stream: string): Random {
  let [a, b, c] = hashToState(`${stream}:${seed}`);
  let counter = 1;
  const next = (): number => {
    const result = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return result >>> 0;
  };
  for (let i = 0; i < 15; i++) next(); // mixes the seed through the whole state

  const uniform = (): number => next() / 2 ** 32;
  let spare: number | undefined;
  return {
    uniform,
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform())); // 1 − u lies in (0, 1]: no log(0)
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    integer(below) {
      if (!(below >= 1 && below <= 2 ** 32)) {
        throw new RangeError(`Cannot draw an integer: below is ${below}, expected 1 to 2³²`);
      }
      // Rejects values from the last, incomplete block of `below` values.
      const limit = 2 ** 32 - (2 ** 32 % below);
      let value = next();
      while (value >= limit) value = next();
      return value % below;
    },
  };
}

/** Permutes `items` in place (Fisher-Yates; R. Durstenfeld, CACM 7, 1964, Algorithm 235). */
export function shuffle<T extends Uint32Array | unknown[]>(items: T, random: Random): T {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const held = items[i];
    items[i] = items[j];
    items[j] = held;
  }
  return items;
}

/** Three words of state from a text: FNV-1a with three offsets, finished by murmur3's mixer. */
function hashToState(text: string): [number, number, number] {
  const word = (offset: number): number => {
    let hash = offset;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  };
  return [word(0x811c9dc5), word(0x9e3779b9), word(0x243f6a88)];
}
