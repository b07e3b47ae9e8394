/**
 * Plants random mistakes and counts how many diagnose names: singles, pairs and triples of them. Makes a table of
 * docs/METHODOLOGY.md. Run: deno task simulate:mistakes [--from SEED] [--misses]
 */
import process from "node:process";
import { type Score, score } from "../tests/support/mistake_scores.ts";

const CASES = { 1: 100, 2: 60, 3: 40 } as const;
const args = process.argv.slice(2);
const first = args.includes("--from") ? Number(args[args.indexOf("--from") + 1]) : 1;

console.log(
  "| mistakes | programs | all named, and nothing else | all named | first stage right |",
);
console.log("| --- | --- | --- | --- | --- |");
for (const [count, programs] of Object.entries(CASES)) {
  const scores: Score[] = [];
  for (let i = 0; i < programs; i++) scores.push(await score(first + i, Number(count)));
  const share = (of: (one: Score) => boolean) =>
    `${(100 * scores.filter(of).length / programs).toFixed(1)} %`;
  console.log(
    `| ${count} | ${programs} | ${share(({ exactly }) => exactly)} | ${
      share(({ named }) => named)
    } | ${share(({ first }) => first)} |`,
  );
  if (args.includes("--misses")) {
    for (const { exactly, told } of scores) if (!exactly) console.log(told);
  }
}
