import { z } from "zod";

const END = String.raw`(?:\d+(?:\.\d+)?[kKmM]?|all)`;
const RANGE = new RegExp(String.raw`^(${END})(?:\.\.(${END})(?::(\d+))?)?$`);

const EXPECTED_SIZE =
  'a whole number of examples from 1 as 2000, 2k or 8.1M, "all", or a range as 1k..60k or 1k..60k:4';

/** The m of subsets: from `first` to `last`, each `factor` times the one before. */
interface SizeRange {
  readonly first: number;
  readonly last: number;
  readonly factor: number;
}

/** "2k" → 2000 to 2000; "1k..all:4" → 1000 to Infinity by a factor of 4, by default 2. Throws RangeError for anything else. */
export function sizeRange(text: string): SizeRange {
  const [, from, to = from, by = "2"] = RANGE.exec(text) ?? [];
  if (from === undefined) throw new RangeError(EXPECTED_SIZE);
  const [first, last] = [examplesOf(from), examplesOf(to)];
  if (first > last) throw new RangeError("the smaller end of a range first, as 1k..60k");
  const factor = Number(by);
  if (factor < 2) throw new RangeError("a range whose factor is at least 2, as 1k..60k:4");
  return { first, last, factor };
}

function examplesOf(text: string): number {
  if (text === "all") return Infinity;
  // Parsed with its exponent, which rounds once: 1.001 · 1000 is no whole number.
  const examples = Number(text.replace(/k$/i, "e3").replace(/m$/i, "e6"));
  if (!Number.isSafeInteger(examples) || examples < 1) throw new RangeError(EXPECTED_SIZE);
  return examples;
}

const error = `expected ${EXPECTED_SIZE}`;

/** How people write the m of a subset, or a range in which each m is a multiple of the one before. */
export const SubsetSize = z.union([
  z.int().positive(),
  z.string().regex(RANGE, { error }).refine(isRange, { error }),
], { error });
export type SubsetSize = z.infer<typeof SubsetSize>;

function isRange(text: string): boolean {
  try {
    sizeRange(text);
    return true;
  } catch {
    return false;
  }
}
