/**
 * Plants random mistakes and counts how many diagnose names: singles, pairs and triples of them, and how many honest
 * programs it accuses. Makes the tables of docs/METHODOLOGY.md. Run: deno task simulate:mistakes [--from SEED] [--misses]
 * [--without-honest]
 */
import process from "node:process";
import { accusations } from "../tests/support/planted_mistakes.ts";
import { type Score, score } from "../tests/support/mistake_scores.ts";
import { IMPLEMENTATIONS } from "../src/gradients/all.ts";
import { availabilityOf } from "../src/gradients/availability.ts";

const CASES = { 1: 100, 2: 60, 3: 40 } as const;
const HONEST = 1000;
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
const honest = args.includes("--without-honest") ? [] : IMPLEMENTATIONS;
console.log(
  "\n| implementation | precision | honest problems | accused |\n| --- | --- | --- | --- |",
);
for (const implementation of honest) {
  const { name, precision, needs = [] } = implementation;
  // A device in software is slow; ranks are processes that mpiexec starts.
  if (needs.includes("gpu") || needs.includes("ranks")) continue;
  if (!(await availabilityOf(implementation)).available) continue;
  const accused = await accusations(implementation, HONEST);
  console.log(`| ${name} | ${precision} | ${HONEST} | ${accused.length} |`);
}
