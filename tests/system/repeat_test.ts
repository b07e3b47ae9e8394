import assert from "node:assert/strict";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { briefPlan, flags, PROJECT, slope, smallData, withFolder } from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";

/** The words of a command line as a POSIX shell splits it: backslashes before line ends, single quotes. */
function shellWords(command: string): string[] {
  return [...command.replaceAll("\\\n", " ").matchAll(/(?:'[^']*'|\\.|[^\s'\\])+/g)]
    .map(([word]) => word.replaceAll(/'([^']*)'|\\(.)/g, "$1$2"));
}

test("the command in a report repeats the same plan", SLOW, async () => {
  await withFolder(async (out) => {
    const env = { SLOPE_DATA: smallData() };
    // Much differs from the defaults, and one path has a space and a quote.
    const plugin = join(out, "it's mine.ts");
    copyFileSync(join(PROJECT, "examples", "one_layer.ts"), plugin);
    const first = await slope([
      "bench",
      ...flags({
        plan: briefPlan(),
        implementations: "naive_loop,fused_typed",
        plugin,
        baseline: "fused_typed",
        sizes: "60,120",
        batch: "10,30",
        layers: "784,10",
        activation: "tanh",
        rate: "0.25,1",
        epochs: "1",
        seed: "1,2",
        rounds: "1",
        "max-sample": "5ms",
        budget: "10ms", // most trials are skipped: the plan is what counts here
        out: join(out, "first"),
      }),
    ], env);
    assert.equal(first.code, 0, first.stderr);
    const report = readFileSync(join(out, "first", "latest", "report.md"), "utf8");
    const command =
      /To repeat this run, with the folder of the data set as --data:\n\n```\n([^`]*)\n```/
        .exec(report)?.[1];
    assert.ok(command, "no command in the report");
    const [program, word, task, ...args] = shellWords(command);
    assert.match(`${program} ${word} ${task}`, /^(deno task|bun run) bench$/);
    const again = await slope(["bench", ...args, "--out", join(out, "again")], env);
    assert.equal(again.code, 0, again.stderr);
    const planOf = (name: string) =>
      JSON.parse(readFileSync(join(out, name, "latest", "run.json"), "utf8")).plan;
    assert.deepEqual(planOf("again"), planOf("first"));
  });
});
