import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CpuProfile } from "../../src/format/profile_record.ts";
import { callTree, hotFunctions } from "../../src/profile/call_tree.ts";
import { lineTold } from "../../src/profile/original_lines.ts";
import type { ProfileSummary } from "../../src/profile/profile_summary.ts";
import { flags, slope, slopeHere, smallData, withFolder, writePlugin } from "../support/cli.ts";
import { NEEDS_PERL, NEEDS_PYTHON, PYTHON } from "../support/python.ts";
import { SLOW } from "../support/slow.ts";

const ENV = { SLOPE_PYTHON: PYTHON ?? "" };

/** Its output layer is a loop in Python, so that one of its lines takes most of the time. */
const PROGRAM = `import numpy as np
import slope
labels = "one-hot"

def slow_sum(values):
    total = 0.0
    for value in values:
        total = total + float(value)
    return total

def gradient(weights, biases, X, Y):
    with slope.phase("forward"):
        a = [X]
        for w, b in zip(weights, biases):
            a.append(1 / (1 + np.exp(-(a[-1] @ w.T + b))))
    with slope.phase("loss"):
        loss = slow_sum(np.repeat((0.5 * (a[-1] - Y) ** 2).ravel(), 100)) / 100 / len(X)
    with slope.phase("backward"):
        delta, dw, db = (a[-1] - Y) * a[-1] * (1 - a[-1]) / len(X), [], []
        for l in range(len(weights) - 1, -1, -1):
            dw.insert(0, delta.T @ a[l])
            db.insert(0, delta.sum(0))
            delta = delta @ weights[l] * a[l] * (1 - a[l])
    return dw, db, loss
`;

test(
  "a profile of a Python program has its phases and its lines",
  { ...SLOW, ...NEEDS_PYTHON },
  async () => {
    await withFolder(async (out) => {
      const plugin = writePlugin(out, "mine.py", PROGRAM);
      const given = { plugin, data: smallData(), sizes: "200", budget: "1s", out };
      const { stdout, stderr } = await slope(["profile", "--format", "json", ...flags(given)], ENV);
      const { subsets: [{ phases, passes }] }: ProfileSummary = JSON.parse(stdout);
      assert.ok(passes > 0, stderr);
      assert.deepEqual(phases.map(({ phase }) => phase), [
        ...["unmarked", "adapter", "gradient", "forward", "loss", "backward", "update", "protocol"],
      ]);
      const share = (name: string) => phases.find(({ phase }) => phase === name)!.share;
      assert.ok(share("loss") > share("backward"), "10,000 additions in Python take longest");

      const folder = join(out, readdirSync(out).find((name) => name.includes("profile"))!);
      assert.deepEqual(readdirSync(folder).sort(), ["cpu.cpuprofile", "flame.svg", "profile.json"]);
      const raw = readFileSync(join(folder, "cpu.cpuprofile"), "utf8");
      const tree = callTree(CpuProfile.parse(JSON.parse(raw)), lineTold);
      assert.ok(tree.totalUs > 1e4, "it has samples");
      const lines = hotFunctions(tree, 100).filter(({ url }) => url === plugin);
      const line = lines.find(({ name }) => name === "total = total + float(value)");
      assert.deepEqual([line?.line, (line?.share ?? 0) > 0.1], [8, true], JSON.stringify(lines));
      const flame = readFileSync(join(folder, "flame.svg"), "utf8");
      assert.match(flame, /<title>slow_sum \(mine\.py:5\): /);
    });
  },
);

test("a program without phases has those of its messages, and no CPU profile, and says so", {
  ...SLOW,
  ...NEEDS_PERL,
}, async () => {
  await withFolder(async (out) => {
    const given = { plugin: "examples/perl/mine.pl", data: smallData(), sizes: "20", out };
    const small = { layers: "784,2,10", budget: "300ms" };
    const args = ["profile", "--format", "json", ...flags({ ...given, ...small })];
    const { stdout, stderr } = await slopeHere(args);
    const { subsets: [{ phases }] }: ProfileSummary = JSON.parse(stdout);
    assert.deepEqual(phases.map(({ phase }) => phase), ["unmarked", "copy", "update"]);
    assert.match(stderr, /no CPU profile: its code runs in a process of its own, which takes none/);
  });
});
