import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { formatCount, formatPercent } from "../src/report/numbers.ts";
import { wilsonInterval } from "../src/stats/statistics.ts";
import { type Call, inWorkers } from "./in_workers.ts";
import { numberTable, splice } from "./splice.ts";

/** A row of a table: its first cells, and simulations whose results give the others. */
export interface SimulatedRow {
  readonly labels: readonly string[];
  readonly calls: readonly Call[];
  /** From the results of `calls`, in their order. */
  readonly cells: (results: readonly unknown[]) => readonly (string | number)[];
}

export interface SimulatedTable {
  /** Names its place in the page. */
  readonly name: string;
  readonly head: readonly string[];
  readonly rows: readonly SimulatedRow[];
  /** A sentence below it, such as `chance`. */
  readonly note: string;
}

/** Simulates all tables at once, on all cores, with functions of `module`, and writes them into a page. */
export async function writeSimulated(
  module: URL,
  tables: readonly SimulatedTable[],
  page = "docs/METHODOLOGY.md",
): Promise<void> {
  const rows = tables.flatMap((table) => table.rows);
  const results = await inWorkers(module, rows.flatMap(({ calls }) => calls));
  let taken = 0;
  const cellsOf = new Map(rows.map((row) => {
    const own = results.slice(taken, taken += row.calls.length);
    return [row, row.cells(own)];
  }));
  const path = fileURLToPath(new URL(`../${page}`, import.meta.url));
  let text = readFileSync(path, "utf8");
  for (const { name, head, rows, note } of tables) {
    const table = numberTable(head, rows.map((row) => [...row.labels, ...cellsOf.get(row)!]));
    console.log(`${table}\n\n${note}\n`);
    text = splice(text, name, `${table}\n\n${note}`);
  }
  writeFileSync(path, text);
}

/** How far chance may have moved shares of so many simulations. */
export function chance(runs: number, shares: readonly number[]): string {
  const told = shares.map((share) => {
    const [low, high] = wilsonInterval(share, runs).map((end) =>
      formatPercent(Math.max(0, end), 1)
    );
    return `${formatPercent(share, 0)} means ${low} to ${high}`;
  });
  return `Of ${formatCount(runs)} simulations, ${told.join(", ")} (95 % interval).`;
}
