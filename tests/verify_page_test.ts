import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { summarise } from "../src/analysis/summarise.ts";
import { htmlFormat } from "../src/report/html.ts";
import { extractRawRun } from "../src/report/page/raw_run.ts";
import { slope, withFolder } from "./support/cli.ts";
import { SLOW } from "./support/slow.ts";
import { makeRun, makeTrials } from "./support/trials.ts";

const run = makeRun();
const trials = makeTrials(
  run,
  (trial) =>
    trial.cell.examples === 4000 && trial.round === 2
      ? { ...trial, status: "failed", reason: "</script><script>alert(1)</script>" }
      : trial,
);
const [{ content }] = await htmlFormat.render(summarise(run, trials, "run"), {
  name: "run",
  run,
  trials,
});

async function verified(page: string) {
  let ended: Awaited<ReturnType<typeof slope>> | undefined;
  await withFolder(async (folder) => {
    const path = join(folder, "report.html");
    writeFileSync(path, page);
    ended = await slope(["report", "--verify", path]);
  });
  return ended!;
}

test("the page holds every raw record", () => {
  const raw = extractRawRun(content, "report.html");
  assert.deepEqual(raw.run, run);
  const key = (trial: object) => JSON.stringify(trial, Object.keys(trial).sort());
  assert.deepEqual(raw.trials.map(key).sort(), trials.map(key).sort());
});

test("a page as it was made: every figure follows from its samples, code 0", SLOW, async () => {
  const { code, stdout } = await verified(content);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /every figure follows from the \d+ samples of 63\s+trials\s+inside/);
});

test("one figure that was changed is found, with its place, code 1", SLOW, async () => {
  const cell = /<td class="number">([\d.]+ ms)/.exec(content)!;
  const forged = content.replace(cell[0], `<td class="number">0.001 ms`);
  const { code, stdout } = await verified(forged);
  assert.equal(code, 1);
  assert.match(stdout, /: 1 place does not follow/);
  assert.ok(stdout.includes(`says "0.001 ms "`), stdout);
  assert.ok(stdout.includes(`recomputed "${cell[1]} "`), stdout);
  assert.match(stdout, /Time per epoch/);
});

test("a row that was taken out, and a plot that was bent, are found, code 1", SLOW, async () => {
  const without = content.replace(
    /<tr class="series series-0"><th scope="row">naive_loop<\/th>.*<\/tr>\n/,
    "",
  );
  assert.notEqual(without, content);
  assert.equal((await verified(without)).code, 1);
  const bent = content.replace(/(<path d="M[\d.]+,)[\d.]+/, "$11.5");
  assert.notEqual(bent, content);
  assert.match((await verified(bent)).stdout, /says "<path d=/);
});

test(
  "a page without samples, a damaged one and no page at all: code 2 and a remedy",
  SLOW,
  async () => {
    const none = await verified("<h1>Gradient benchmark</h1>");
    assert.equal(none.code, 2);
    assert.match(none.stderr, /holds no raw samples.+\nremedy: make it again/);
    const damaged = await verified(content.replace(/(id="raw-run">.{40})..../, "$1AAAA"));
    assert.equal(damaged.code, 2);
    assert.match(damaged.stderr, /raw samples are damaged: .+\nremedy: restore/);
    const missing = await slope(["report", "--verify", "nowhere.html"]);
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /Cannot read page "nowhere\.html".+\nremedy: /);
  },
);
