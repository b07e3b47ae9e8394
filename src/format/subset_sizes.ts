import { z } from "zod";

const END = String.raw`(?:\d+(?:\.\d+)?[kK]?|all)`;
const RANGE = new RegExp(String.raw`^(${END})(?:\.\.(${END}))?$`);

const EXPECTED_SIZE =
  'a whole number of examples from 1 as 2000 or 2k, "all", or a range as 1k..60k';

/** "2k" → [2000, 2000], "1k..all" → [1000, Infinity]. Throws RangeError for anything else. */
export function sizeRange(text: string): readonly [first: number, last: number] {
  const [, first, last = first] = RANGE.exec(text) ?? [];
  if (first === undefined) throw new RangeError(EXPECTED_SIZE);
  const ends = [examplesOf(first), examplesOf(last)] as const;
  if (ends[0] > ends[1]) throw new RangeError("the smaller end of a range first, as 1k..60k");
  return ends;
}

function examplesOf(text: string): number {
  if (text === "all") return Infinity;
  const examples = parseFloat(text) * (/k$/i.test(text) ? 1000 : 1);
  if (!Number.isSafeInteger(examples) || examples < 1) throw new RangeError(EXPECTED_SIZE);
  return examples;
}

const error = `expected ${EXPECTED_SIZE}`;

/** How people write the m of a subset, or a range in which m doubles. */
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
