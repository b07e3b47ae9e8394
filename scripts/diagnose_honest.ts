/**
 * Examines right programs of every form and language on random problems: diagnose must find nothing. Counts for
 * docs/METHODOLOGY.md. Run: deno task simulate:honest [NAME,NAME …] [--problems 1000] [--from 1] [--workers 1]
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { type Accused, HONEST_PROGRAMS } from "../tests/support/honest_programs.ts";
import { inWorkers } from "./in_workers.ts";

const { values, positionals } = parseArgs({
  options: {
    problems: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    workers: { type: "string", default: "1" },
  },
  allowPositionals: true,
});
const [problems, from, workers] = [values.problems, values.from, values.workers].map(Number);
const names = positionals.length > 0 ? positionals.join(",").split(",") : HONEST_PROGRAMS;
const share = Math.ceil(problems / workers);
const module = new URL("../tests/support/honest_programs.ts", import.meta.url);

console.log("| program | problems | accused |\n| --- | --- | --- |");
for (const name of names) {
  const calls = [];
  for (let first = from; first < from + problems; first += share) {
    calls.push({
      name: "accusedOf",
      args: [name, Math.min(share, from + problems - first), first],
    });
  }
  const answers = await inWorkers(module, calls, workers) as Accused[];
  const cannot = answers.find((one) => "cannot" in one);
  if (cannot !== undefined && "cannot" in cannot) {
    console.error(`skipped: ${name}: ${cannot.cannot}`);
    continue;
  }
  const accused = answers.flatMap((one) => "cannot" in one ? [] : one);
  console.log(`| ${name} | ${problems} | ${accused.length} |`);
  accused.forEach((one) => console.error(one));
  if (accused.length > 0) process.exitCode = 1;
}
