import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CURRENT_RUNTIME } from "../../src/base/runtime.ts";
import { idx } from "../support/idx.ts";
import {
  briefPlan,
  flags,
  latestTrials,
  refuses,
  refusesHere,
  slope,
  slopeHere,
  smallData,
  withFolder,
  writePlugin,
} from "../support/cli.ts";
import { makeRepository } from "../support/repository.ts";
import { SLOW } from "../support/slow.ts";
import { reasonOf } from "../support/trials.ts";

const SMALL = {
  sizes: "200",
  epochs: "1",
  rounds: "1",
  implementations: "fused_typed",
};

const arguments_ = (out: string, options: Record<string, string> = {}) => [
  "bench",
  ...flags({ data: smallData(), out, plan: briefPlan(), ...SMALL, ...options }),
];

const bench = (out: string, options: Record<string, string> = {}, ...more: string[]) =>
  slope([...arguments_(out, options), ...more]);

test("a refused command ends with code 2 and says what helps", SLOW, async () => {
  await withFolder(async (out) => {
    await refuses(arguments_(out, { sizes: "5000" }), /m = 5000: .*2000.*\nhint:/s);
    await refuses(arguments_(out, { frobnicate: "" }), /frobnicate/);
  });
});

// The tests below need no process of their own.
for (
  const [options, pattern] of [
    [{ sizes: "5000" }, /m = 5000: the training set has 2000.*\nhint:/s],
    [{ layers: "100,16,10" }, /layer size 1 is 100, expected 784.*\nhint:/s],
    [{ crossover: "batch" }, /bisect along batch: the plan has 1 value.*\nhint:/s],
    [
      { crossover: "batch", batch: "5,10", resolve: "5%" },
      /--crossover and --resolve at once.*\nhint:/s,
    ],
    [{ layers: "784,0,10" }, /0.*expected whole numbers from 1/s],
    [{ runtimes: "node", "runtime-path": "node=/nowhere/node" }, /not found.*\nhint:/s],
    [{ frobnicate: "" }, /frobnicate/],
  ] as [Record<string, string>, RegExp][]
) {
  test(`bench ${flags(options).join(" ")} is refused`, SLOW, async () => {
    await withFolder(async (out) => {
      await refusesHere(arguments_(out, options), pattern);
    });
  });
}

for (
  const [options, pattern] of [
    [{ sizes: "0" }, /Cannot use "0": expected a whole number.*\nhint:/s],
    [{ sizes: "many" }, /Cannot use "many".*\nhint:/s],
    [{ threads: "al" }, /expected whole numbers from 1, or "all"/],
    [{ batch: "0" }, /expected whole numbers from 1, or "full"/],
    [{ batch: "300" }, /minibatches of 300.*\nhint:/s],
    [{ rate: "-1" }, /expected numbers above 0/],
    [{ budget: "soon" }, /expected a time above 0/],
    [{ resolve: "2" }, /expected a percentage/],
    [{ implementations: "fused_type" }, /did you mean "fused_typed"\?.*\nhint:/s],
    [{ peers: "numpy_bach" }, /did you mean "numpy_batch"\?/],
    [{ baseline: "naive_loop" }, /baseline "naive_loop": it is not among.*\nhint:/s],
    [{ preset: "thoruogh" }, /did you mean "thorough"\?/],
    [{ quick: "", thorough: "" }, /at once/],
    [{ plan: "/nowhere/plan.json" }, /Cannot read plan "\/nowhere\/plan.json"/],
    [{ plugin: "/nowhere/mine.ts" }, /\/nowhere\/mine\.ts.*\nhint:/s],
    [{ resume: "/nowhere/run" }, /no run\.json.*\nhint:/s],
    [{ against: "/nowhere/run" }, /no run\.json.*\nhint:/s],
    [{ runtimes: "deno,nod" }, /did you mean "node"\?/],
    [{ synthetic: "" }, /Cannot use --synthetic and --data at once/],
    [{ "batch-sizes": "10" }, /did you mean "--batch"\?/],
  ] as [Record<string, string>, RegExp][]
) {
  const words = flags(options).join(" ");
  test(`bench ${words} is refused before data is read or a process started`, SLOW, async () => {
    await withFolder(async (out) => {
      const marker = join(out, "started");
      const runtime = join(out, "runtime.sh");
      writeFileSync(runtime, `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 });
      const { code, stderr } = await slopeHere(arguments_(out, {
        data: "/nowhere/data",
        "runtime-path": `${CURRENT_RUNTIME.name}=${runtime}`,
        ...options,
      }));
      assert.equal(code, 2, stderr);
      assert.match(stderr, pattern);
      assert.doesNotMatch(stderr, /\/nowhere\/data/);
      assert.ok(!existsSync(marker));
    });
  });
}

test(
  "unreadable data is refused; the message names the file and the fault",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      await refusesHere(["bench", "--data", join(folder, "none")], /none.*\nhint:/s);
      await refusesHere(["bench", "--data", folder], /missing.*\nhint:/s);
      for (const [file, images] of DAMAGED) {
        const data = join(folder, file);
        mkdirSync(data);
        for (const name of ["train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"]) {
          const source = readFileSync(join(smallData(), `${name}-ubyte.gz`));
          writeFileSync(join(data, `${name}-ubyte.gz`), source);
        }
        writeFileSync(join(data, "train-images-idx3-ubyte"), images);
        await refusesHere(["data", "info", "--data", data], /train-images-idx3-ubyte.*\nhint:/s);
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
    await refusesHere(
      arguments_(join(file, "out")),
      /Cannot write.*\nhint:/s,
    );
  });
});

test("a run folder of another schema is refused by report and resume", SLOW, async () => {
  await withFolder(async (folder) => {
    writeFileSync(join(folder, "run.json"), '{"schema": 99}');
    await refusesHere(["report", folder], /schema is 99, expected 1.*\nhint:/s);
    await refusesHere(
      ["bench", "--data", smallData(), "--resume", folder],
      /schema is 99, expected 1.*\nhint:/s,
    );
    writeFileSync(join(folder, "run.json"), "{");
    await refusesHere(["report", folder], /Cannot read.*run\.json.*\nhint:/s);
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
        await refusesHere(
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
    await refusesHere(
      [...arguments_(folder, { plugin: a }), "--plugin", b],
      /"mine" has the name.*\nhint:/s,
    );
    await refusesHere(
      arguments_(folder, { plugin: own }),
      /"naive_loop" has the name of one in Slope itself/,
    );
  });
});

/** Plug-ins that cost only their own cells: file, code of `prepare`, and the reason in their records. */
const FAULTY: readonly [string, string, RegExp][] = [
  [
    "throws",
    `() => { console.log("a word of mine"); throw new Error("no memory for this"); }`,
    /open: no memory for this \(throws\.ts:2: export default/,
  ],
  ["throws_odd", `() => { throw { code: 7 }; }`, /open: {"code":7}/],
  ["nan", `() => (p, b, g) => { g.fill(NaN); return NaN; }`, /wrong gradient.*not finite/],
  ["wrong", `() => (p, b, g) => { g.fill(0); return 0; }`, /wrong gradient/],
  ["throws_later", `() => () => { throw new Error("later"); }`, /(open|verify): later/],
  ["exits", `() => { process.exit(0); }`, /ended early \(exit code 0\)/],
  [
    "prints",
    `() => { process.stdout.write("what is this\\n"); throw new Error("x"); }`,
    /open: x/,
  ],
  ["hangs", "() => { while (true); }", /timed out/],
];

/** A plug-in of the full form whose arrays are too short. */
const SHORT = `export default {
  name: "short", summary: "s", precision: "float64",
  open: () => ({
    mode: "sync",
    layout: { length: 3, layers: [] },
    parameters: new Float64Array(3), gradient: new Float64Array(3),
    lossAndGradient: () => 0,
    async [Symbol.asyncDispose]() {},
  }),
};`;

/** Paths of the plug-ins, each in a file of its own. */
const writeFaulty = (folder: string) =>
  FAULTY.flatMap(([name, prepare]) => [
    "--plugin",
    writePlugin(
      folder,
      `${name}.ts`,
      `import process from "node:process";
       export default { name: "${name}", summary: "s", precision: "float64", prepare: ${prepare} };`,
    ),
  ]);

test("a plug-in that throws, lies, exits or hangs costs only its own cells", SLOW, async () => {
  await withFolder(async (folder) => {
    const plugins = [...writeFaulty(folder), "--plugin", writePlugin(folder, "short.ts", SHORT)];
    // The trial that must not time out takes well under a second on a quiet machine.
    const { code, stderr } = await bench(folder, { timeout: "15s" }, ...plugins);
    assert.equal(code, 1, stderr);
    const trials = latestTrials(folder);
    const of = (name: string) => trials.filter(({ cell }) => cell.implementation === name);
    assert.deepEqual(of("fused_typed").map(({ status }) => status), ["ok"]);
    for (const [name, , reason] of [...FAULTY, ["short", "", /layout|length/]] as const) {
      const [trial, ...others] = of(name);
      assert.deepEqual([trial.status, others], ["failed", []], name);
      assert.match(reasonOf(trial), reason, name);
    }
    assert.match(stderr, /^throws: a word of mine$/m);
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
      assert.ok(zero.length === 1 && zero.every(({ samplesNs }) => samplesNs.length > 0));
      assert.ok(zero.every(({ verification }) => verification?.verdict === "wrong"));
    });
  },
);

test("bench --against refuses what is neither a run nor a commit", SLOW, async () => {
  await withFolder(async (out) => {
    const folder = join(out, "project");
    makeRepository(folder, { "mine.ts": "export default {};" });
    const args = (against: string, plugin = join(folder, "mine.ts")) => [
      ...["bench", ...flags({ data: smallData(), out, against, plugin })],
    ];
    await refusesHere(args("mian"), /no such branch, tag or commit; did you mean "main"\?\nhint:/);
    await refusesHere(args("git:maim"), /did you mean "main"\?\nhint:/);
    mkdirSync(join(out, "none"));
    const outside = writePlugin(join(out, "none"), "mine.ts", "export default {};");
    await refusesHere(args("main", outside), /is in no git repository.*\nhint: commit the plug-in/);
    // A plug-in that is new has nothing to be compared with.
    const code = "export const gradient = () => [];\n";
    const fresh = writePlugin(folder, "fresh.ts", code);
    await refusesHere(args("main", fresh), /none of fresh is in its code\nhint: .*--against/);
  });
});
