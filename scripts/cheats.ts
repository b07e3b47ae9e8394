/**
 * Runs every cheat in Python and C of tests/red_team/ many times, and says how often each was caught, and for its trick.
 *
 * Run: deno task cheats [times = 10]
 */
import { join } from "node:path";
import process from "node:process";
import { reasonsText } from "../src/report/reason_words.ts";
import { CHEATS, PRECISIONS } from "../tests/support/cheats.ts";
import { PROJECT } from "../tests/support/cli.ts";
import { trialOfPlugin } from "../tests/support/contestants.ts";

const times = Number(process.argv[2] ?? 10);
let missed = 0;
for (const [file, told] of Object.entries(CHEATS)) {
  let [caught, named] = [0, 0];
  for (let time = 0; time < times; time++) {
    const { status, reasons = [] } = await trialOfPlugin(join(PROJECT, "tests/red_team", file), {
      cell: { precision: PRECISIONS[file] ?? "float64", seed: 1 + time },
    });
    const why = reasonsText(reasons);
    if (status === "failed") caught++;
    if (status === "failed" && told.test(why)) named++;
    else console.log(`${file}, seed ${1 + time}: ${status}${why ? `, ${why}` : ""}`);
  }
  missed += times - caught;
  console.log(`${file}: caught in ${caught} of ${times} trials, its trick named in ${named}`);
}
process.exitCode = missed === 0 ? 0 : 1;
