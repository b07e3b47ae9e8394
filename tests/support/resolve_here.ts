import {
  resolveData,
  type ResolvedData,
  type ResolveOptions,
} from "../../src/data/resolve_data.ts";
import { syntheticDigits } from "../../src/data/synthetic.ts";
import { eventText } from "../../src/report/data_words.ts";

const COUNTS = { train: 60, test: 20 };
/** Synthetic digits, as a set of files may hold them. */
export const SET = {
  train: syntheticDigits(60, 9, "train"),
  test: syntheticDigits(20, 9, "test"),
  rows: 28,
  columns: 28,
};

/** Resolves without a network; also returns the announced lines. */
export async function resolveHere(
  options: Partial<ResolveOptions>,
): Promise<ResolvedData & { lines: string[] }> {
  const lines: string[] = [];
  const resolved = await resolveData({
    environment: {},
    announce: (event) => void lines.push(eventText(event)),
    syntheticCounts: COUNTS,
    allowDownload: false,
    ...options,
  });
  return { ...resolved, lines };
}
