import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { Summary } from "../src/analysis/summary.ts";
import { flags, PROJECT, slope, withFolder } from "./support/cli.ts";
import { SLOW } from "./support/slow.ts";

const PLUGIN = join(PROJECT, "tests/support/planted_laws.ts");

/** What `bench` calls the law of one of the plug-ins, from real times on small subsets of synthetic digits. */
async function namesOf(implementation: string): Promise<string[]> {
  let names: string[] = [];
  await withFolder(async (out) => {
    const plan = join(out, "plan.json");
    writeFileSync(plan, JSON.stringify({ maxSampleSeconds: 0.15, budgetSeconds: 60 }));
    const args = flags({
      plan,
      plugin: PLUGIN,
      implementations: implementation,
      baseline: implementation,
      synthetic: "",
      sizes: "64,100,144,256,400,676,1024",
      batch: "4",
      layers: "784,4,10",
      epochs: "1",
      rounds: "3",
      out,
    });
    const { code, stderr } = await slope(["bench", ...args]);
    assert.equal(code, 0, stderr);
    const path = join(out, "latest", "summary.json");
    const { cells, scalingLaws: [law] } = Summary.parse(JSON.parse(readFileSync(path, "utf8")));
    assert.ok(cells.every(({ verdict }) => verdict !== "wrong"));
    assert.equal(law.sizes.length, 7);
    names = law.growth!.names;
  });
  return names;
}

for (
  const [implementation, law] of [
    ["law_m", "m"],
    ["law_m_log_m", "m log m"],
    ["law_m_1_5", "m^1.5"],
    ["law_m_2", "m²"],
  ]
) {
  test(`an implementation of cost ${law} is named as such`, SLOW, async () => {
    // A run in twelve misses on a busy machine, most often by leaving two laws open; how often it does where the noise
    // is known is what src/analysis/scaling_coverage_test.ts tests. Three in a row are no accident.
    const found: string[] = [];
    for (let run = 0; run < 3; run++) {
      found.push((await namesOf(implementation)).join(" or "));
      if (found[run] === law) return;
    }
    assert.fail(`three runs said ${found.join("; ")}`);
  });
}
