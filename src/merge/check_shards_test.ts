import assert from "node:assert/strict";
import { appendFileSync, cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { withFolder } from "../../tests/support/cli.ts";
import { merged, on } from "../../tests/support/merges.ts";
import { journalOf, type MadeShard, makeShard, writeShards } from "../../tests/support/shards.ts";
import type { RunFile } from "../format/plan.ts";

test("a shard that is named twice, or copied, counts once; two different ones are refused", async () => {
  await withFolder(async (out) => {
    const [first, second] = await writeShards(out, 2);
    const copy = join(out, "copy");
    cpSync(first, copy, { recursive: true });
    const { trials, leftOut } = merged([out, first, copy]);
    assert.equal(trials.length, 36);
    assert.deepEqual(leftOut.map(({ kind, folder }) => [kind, folder]), [
      ...[["twice", first], ["twice", copy]],
    ]);
    const lines = readFileSync(journalOf(copy), "utf8").split("\n");
    writeFileSync(journalOf(copy), lines.slice(2).join("\n"));
    assert.throws(
      () => merged([first, second, copy]),
      /both are shard-1-of-2, and their records differ/,
    );
  });
});

test("a record that stands twice counts once; two records of one trial, or of another's, are refused", async () => {
  await withFolder(async (out) => {
    const [first, second] = await writeShards(out, 2);
    const [line, ...others] = readFileSync(journalOf(first), "utf8").split("\n");
    appendFileSync(journalOf(first), `${line}\n`);
    const { trials, leftOut } = merged([out]);
    assert.equal(trials.length, 36);
    assert.deepEqual(leftOut, [{ kind: "repeated", folder: first, records: 1 }]);
    const other = { ...JSON.parse(line), samplesNs: [1e6, 1e6] };
    appendFileSync(journalOf(first), `${JSON.stringify(other)}\n`);
    assert.throws(
      () => merged([out]),
      /naive_loop at m = 1000 has two different records of round 1/,
    );
    writeFileSync(journalOf(first), others.join("\n"));
    appendFileSync(journalOf(second), `${line}\n`);
    assert.throws(() => merged([out]), /shard-2-of-2": it has a trial of round 1, which is not/);
  });
});

test("what is no shard of one run is refused, with the two shards and the field", async () => {
  const changes: [RegExp, (made: MadeShard) => MadeShard][] = [
    [/epochs of training: 3 in .*1-of-2 on n1, 4 in .*2-of-2 on n2/, ({ run, trials }) => ({
      run: { ...run, plan: { ...run.plan, epochs: 4 } },
      trials,
    })],
    [/SHA-256 of testLabels: ff7bcfd416de… in .*, 000000000000… in/, ({ run, trials }) => ({
      run: {
        ...run,
        data: { ...run.data, sha256: { ...run.data.sha256, testLabels: "0".repeat(64) } },
      },
      trials,
    })],
    [/number of shards: 2 in .*, 3 in/, ({ run, trials }) => ({
      run: { ...run, shard: { index: 2, count: 3 } },
      trials: trials.filter(({ round }) => round % 3 === 2),
    })],
    [/SHA-256 of \/mine\.ts: absent in .*, 0123456789ab… in/, ({ run, trials }) => ({
      run: { ...run, plugins: [{ path: "/mine.ts", sha256: "0123456789abcdef", copy: "mine.ts" }] },
      trials,
    })],
  ];
  const environments: [RegExp, Partial<RunFile["environment"]>][] = [
    [/commit of Slope: 0123456789ab in .*, fedcba in/, { gitCommit: "fedcba" }],
    [/bun: 1\.4\.5 in .*, absent in/, { runtimes: { deno: "2.9.6", node: "24.21.0" } }],
    [/CPU: Imaginary CPU @ 2\.60GHz in .*, Other in .*/, { cpu: "Other" }],
    [/cores: 2 in .*, 64 in/, { cores: 64 }],
  ];
  for (const [pattern, change] of changes) {
    await withFolder(async (out) => {
      await writeShards(out, 2, (made, index) => index === 2 ? change(made) : made);
      assert.throws(() => merged([out]), pattern);
    });
  }
  for (const [pattern, environment] of environments) {
    await withFolder(async (out) => {
      await writeShards(out, 2, on({ host: "n2", ...environment }));
      assert.throws(() => merged([out]), pattern);
    });
  }
});

test("a shard without a library hides no difference between the versions of two others", async () => {
  for (const [version, isSame] of [["2.1.0", true], ["2.2.0", false]] as const) {
    await withFolder(async (out) => {
      const numpy = [undefined, "2.1.0", version];
      await writeShards(out, 3, (_, index) => {
        const own = numpy[index - 1];
        return makeShard(index, 3, own === undefined ? {} : { peers: { numpy: own } });
      });
      if (isSame) assert.equal(merged([out]).trials.length, 36);
      else assert.throws(() => merged([out]), /numpy: 2\.1\.0 in .*2-of-3.*, 2\.2\.0 in .*3-of-3/);
    });
  }
});

test("two changed checkouts of one commit, and two images without one, differ by their code", async () => {
  for (const gitCommit of ["0123456789ab-dirty", undefined]) {
    for (const [digit, isSame] of [["1", true], ["2", false], [undefined, true]] as const) {
      await withFolder(async (out) => {
        await writeShards(out, 2, (_, index) => {
          const own = index === 1 ? "1" : digit;
          const code = own === undefined ? {} : { codeSha256: own.repeat(64) };
          const made = makeShard(index, 2, code);
          const { gitCommit: __, ...environment } = made.run.environment;
          return {
            ...made,
            run: {
              ...made.run,
              environment: { ...environment, ...(gitCommit !== undefined && { gitCommit }) },
            },
          };
        });
        // A digest that could not be read is no difference.
        if (isSame) assert.equal(merged([out]).trials.length, 36);
        else {
          assert.throws(
            () => merged([out]),
            /SHA-256 of the code of Slope: 1{12}… in .*1-of-2.*, 2{12}… in .*2-of-2/,
          );
        }
      });
    }
  }
});
