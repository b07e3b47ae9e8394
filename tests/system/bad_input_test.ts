import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { TrialRecord } from "../../src/format/trial_record.ts";
import { idx } from "../support/idx.ts";
import {
  briefPlan,
  flags,
  latestTrials,
  slope,
  smallData,
  withFolder,
  writePlugin,
} from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";

const SMALL = {
  sizes: "200,400",
  epochs: "1",
  rounds: "2",
  implementations: "fused_typed",
};

const arguments_ = (out: string, options: Record<string, string> = {}) => [
  "bench",
  ...flags({ data: smallData(), out, plan: briefPlan(), ...SMALL, ...options }),
];

const bench = (out: string, options: Record<string, string> = {}, ...more: string[]) =>
  slope([...arguments_(out, options), ...more]);

/** Bad input: exit code 2, a message of this kind, a remedy, and no stack trace. */
async function refuses(args: readonly string[], pattern: RegExp, env = {}): Promise<void> {
  const { code, stderr } = await slope(args, env);
  assert.equal(code, 2, stderr);
  assert.match(stderr, pattern);
  assert.doesNotMatch(stderr, /\n\s+at /);
}

for (
  const [options, pattern] of [
    [{ sizes: "0" }, /Cannot use size "0": expected a whole number.*\nremedy:/s],
    [{ sizes: "5000" }, /size 5000: the training set has 2000.*\nremedy:/s],
    [{ sizes: "many" }, /Cannot use size "many".*\nremedy:/s],
    [{ layers: "100,16,10" }, /layer size 1 is 100, expected 784.*\nremedy:/s],
    [{ layers: "784,0,10" }, /0.*expected whole numbers from 1/s],
    [{ batch: "0" }, /expected whole numbers from 1, or "full"/],
    [{ batch: "300" }, /minibatches of 300.*\nremedy:/s],
    [{ rate: "-1" }, /expected a number above 0/],
    [{ budget: "soon" }, /expected a time above 0/],
    [{ implementations: "fused_type" }, /did you mean "fused_typed"\?.*\nremedy:/s],
    [{ baseline: "naive_loop" }, /baseline "naive_loop": it is not among.*\nremedy:/s],
    [{ preset: "thoruogh" }, /did you mean "thorough"\?/],
    [{ quick: "", thorough: "" }, /at once/],
    [{ plan: "/nowhere/plan.json" }, /Cannot read plan "\/nowhere\/plan.json"/],
    [{ plugin: "/nowhere/mine.ts" }, /\/nowhere\/mine\.ts.*\nremedy:/s],
    [{ resume: "/nowhere/run" }, /no run\.json.*\nremedy:/s],
    [{ "runtime-path": "perl=/usr/bin/perl" }, /deno, bun, node/],
    [{ runtimes: "node", "runtime-path": "node=/nowhere/node" }, /not found.*\nremedy:/s],
    [{ frobnicate: "" }, /frobnicate/],
  ] as [Record<string, string>, RegExp][]
) {
  test(`bench ${flags(options).join(" ")} is refused`, SLOW, async () => {
    await withFolder(async (out) => {
      await refuses(arguments_(out, options), pattern);
    });
  });
}

test(
  "data that cannot be read is refused with the file and what is wrong with it",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      await refuses(["bench", "--data", join(folder, "none")], /none.*\nremedy:/s);
      await refuses(["bench", "--data", folder], /missing.*\nremedy:/s);
      for (const [file, images] of DAMAGED) {
        const data = join(folder, file);
        mkdirSync(data);
        for (const name of ["train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"]) {
          const source = readFileSync(join(smallData(), `${name}-ubyte.gz`));
          writeFileSync(join(data, `${name}-ubyte.gz`), source);
        }
        writeFileSync(join(data, "train-images-idx3-ubyte"), images);
        await refuses(["data", "info", "--data", data], /train-images-idx3-ubyte.*\nremedy:/s);
      }
    });
  },
);

const DAMAGED: readonly [string, Uint8Array][] = [
  ["truncated", idx(0x803, [2000, 28, 28], new Uint8Array(999))],
  ["over-long", idx(0x803, [1, 28, 28], new Uint8Array(785))],
  ["wrong-magic", idx(0x801, [2000], new Uint8Array(2000))],
];

test("an --out that cannot be written is refused before anything is measured", SLOW, async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    await refuses(
      arguments_(join(file, "out")),
      /Cannot write.*\nremedy:/s,
    );
  });
});

test(
  "a disk that fills up ends the sweep with code 2, and what was measured is kept",
  SLOW,
  async (t) => {
    await withFolder(async (folder) => {
      const disk = join(folder, "disk");
      mkdirSync(disk);
      const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", disk]);
      if (mounted.status !== 0) {
        console.error("skipped: no right to mount a tmpfs");
        return t.skip("no right to mount a tmpfs");
      }
      try {
        const { code, stderr } = await bench(disk, { rounds: "40" });
        assert.equal(code, 2, stderr);
        assert.match(stderr, /Cannot write ".*trials\.jsonl".*\nremedy: free space.*--resume/s);
        const [kept] = [latestTrials(disk)];
        assert.ok(kept.length >= 1 && kept.every(({ status }) => status === "ok"));
        spawnSync("mount", ["-o", "remount,size=8m", disk]);
        const resumed = await slope(["bench", "--resume", "--data", smallData(), "--out", disk]);
        assert.equal(resumed.code, 0, resumed.stderr);
        assert.equal(latestTrials(disk).length, 80);
      } finally {
        spawnSync("umount", [disk]);
      }
    });
  },
);

test("a run folder of another schema is refused by report and resume", SLOW, async () => {
  await withFolder(async (folder) => {
    writeFileSync(join(folder, "run.json"), '{"schema": 99}');
    await refuses(["report", folder], /schema is 99, expected 1.*\nremedy:/s);
    await refuses(
      ["bench", "--data", smallData(), "--resume", folder],
      /schema is 99, expected 1.*\nremedy:/s,
    );
    writeFileSync(join(folder, "run.json"), "{");
    await refuses(["report", folder], /Cannot read.*run\.json.*\nremedy:/s);
  });
});

test("a journal whose last line is cut is reported without it, and resumed", SLOW, async () => {
  await withFolder(async (out) => {
    await bench(out);
    const path = join(out, "latest", "trials.jsonl");
    const whole = readFileSync(path, "utf8");
    writeFileSync(path, whole.slice(0, -100));
    const report = await slope(["report", "--out", out]);
    assert.equal(report.code, 0, report.stderr);
    assert.match(report.stderr, /last line.*cut/);
    const resumed = await slope(["bench", "--resume", "--out", out, "--data", smallData()]);
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.equal(latestTrials(out).length, 4);
  });
});

test("a run is not resumed on other data", SLOW, async () => {
  await withFolder(async (out) => {
    await bench(out);
    await refuses(["bench", "--resume", "--out", out, "--synthetic"], /Cannot resume.*SHA-256/);
  });
});

const GOOD = `name: "mine", summary: "s", precision: "float64"`;

test(
  "a plug-in that cannot be loaded is refused: does not compile, exports nothing, wrong shape",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      const cases = [
        ["broken.ts", "export default {", /broken\.ts/],
        ["empty.ts", "const x = 1;", /empty\.ts.*export/s],
        [
          "shape.js",
          `export default { name: "mine", precision: "float64" };`,
          /shape\.js.*summary/s,
        ],
        ["exits.js", `import process from "node:process"; process.exit(0);`, /exits\.js/],
      ] as const;
      for (const [file, code, pattern] of cases) {
        const plugin = writePlugin(folder, file, code);
        await refuses(
          arguments_(folder, { plugin }),
          pattern,
        );
      }
    });
  },
);

test("two plug-ins of one name are refused", SLOW, async () => {
  await withFolder(async (folder) => {
    const code = `export default { ${GOOD}, prepare: () => () => 0 };`;
    const [a, b] = ["a.ts", "b.ts"].map((file) => writePlugin(folder, file, code));
    const own = writePlugin(folder, "c.ts", code.replace("mine", "naive_loop"));
    await refuses(
      [...arguments_(folder, { plugin: a }), "--plugin", b],
      /"mine" has the name.*\nremedy:/s,
    );
    await refuses(
      arguments_(folder, { plugin: own }),
      /"naive_loop" has the name of one in Slope itself/,
    );
  });
});

/** Plug-ins that cost only their own cells: file, code of \`prepare\`, and the reason in their records. */
const FAULTY: readonly [string, string, RegExp][] = [
  ["throws", `() => { throw new Error("no memory for this"); }`, /open: no memory for this/],
  ["throws_odd", `() => { throw { code: 7 }; }`, /open: {"code":7}/],
  ["nan", `() => (p, b, g) => { g.fill(NaN); return NaN; }`, /wrong gradient.*not finite/],
  ["wrong", `() => (p, b, g) => { g.fill(0); return 0; }`, /wrong gradient/],
  ["throws_later", `() => () => { throw new Error("later"); }`, /(open|verify): later/],
  ["hangs", `() => { while (true); }`, /timed out/],
  ["exits", `() => { process.exit(0); }`, /ended early \(exit code 0\)/],
  [
    "prints",
    `() => { process.stdout.write("what is this\\n"); throw new Error("x"); }`,
    /nonsense.*what is this/,
  ],
];

test("a plug-in that throws, hangs, lies or exits costs only its own cells", SLOW, async () => {
  await withFolder(async (folder) => {
    const plugins = FAULTY.flatMap(([name, prepare]) => [
      "--plugin",
      writePlugin(
        folder,
        `${name}.ts`,
        `import process from "node:process";
         export default { name: "${name}", summary: "s", precision: "float64", prepare: ${prepare} };`,
      ),
    ]);
    const { code, stderr } = await bench(folder, { timeout: "3s" }, ...plugins);
    assert.equal(code, 1, stderr);
    const trials = latestTrials(folder);
    const of = (name: string) => trials.filter(({ cell }) => cell.implementation === name);
    assert.equal(of("fused_typed").length, 4);
    assert.ok(of("fused_typed").every(({ status }) => status === "ok"));
    for (const [name, , reason] of FAULTY) {
      assert.equal(of(name).length, 4, name);
      of(name).forEach((trial: TrialRecord) => {
        assert.equal(trial.status, "failed", name);
        assert.match(trial.reason ?? "", reason, name);
      });
    }
  });
});

test("a full plug-in whose arrays have the wrong length is wrong", SLOW, async () => {
  await withFolder(async (folder) => {
    const plugin = writePlugin(
      folder,
      "short.ts",
      `export default {
        name: "short", summary: "s", precision: "float64",
        open: () => ({
          mode: "sync",
          layout: { length: 3, layers: [] },
          parameters: new Float64Array(3), gradient: new Float64Array(3),
          lossAndGradient: () => 0,
          async [Symbol.asyncDispose]() {},
        }),
      };`,
    );
    const { code, stderr } = await bench(folder, { plugin });
    assert.equal(code, 1, stderr);
    const short = latestTrials(folder).filter(({ cell }) => cell.implementation === "short");
    assert.equal(short.length, 4);
    assert.ok(short.every(({ status }) => status === "failed"));
    assert.match(short[0].reason ?? "", /layout|length/);
  });
});

test(
  "a wrong plug-in is timed when --keep-wrong says so, and its verdict stays",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      const plugin = writePlugin(
        folder,
        "zero.js",
        `export default { name: "zero", summary: "s", precision: "float64",
         prepare: () => (p, b, g) => { g.fill(0); return 0; } };`,
      );
      await bench(folder, { plugin, "keep-wrong": "" });
      const zero = latestTrials(folder).filter(({ cell }) => cell.implementation === "zero");
      assert.ok(zero.length === 4 && zero.every(({ samplesNs }) => samplesNs.length > 0));
      assert.ok(zero.every(({ verification }) => verification?.verdict === "wrong"));
    });
  },
);
