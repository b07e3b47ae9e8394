import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  briefPlan,
  flags,
  latestTrials,
  refusesHere,
  slopeHere,
  smallData,
  withFolder,
  writePlugin,
} from "../support/cli.ts";
import { makeRepository } from "../support/repository.ts";
import { SLOW } from "../support/slow.ts";
import { reasonOf } from "../support/trials.ts";

const SMALL = { sizes: "200", epochs: "1", rounds: "1", implementations: "fused_typed" };

const arguments_ = (out: string, options: Record<string, string> = {}) => [
  "bench",
  ...flags({ data: smallData(), out, plan: briefPlan(), ...SMALL, ...options }),
];

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
      [...arguments_(folder, { plugin: a }), "--plugin", a],
      /it is named twice\nhint: name it once/,
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

test("a plug-in that throws, lies or exits costs only its own cells", SLOW, async () => {
  await withFolder(async (folder) => {
    const plugins = [...writeFaulty(folder), "--plugin", writePlugin(folder, "short.ts", SHORT)];
    const { code, stderr } = await slopeHere([...arguments_(folder), ...plugins]);
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
      await slopeHere(arguments_(folder, { plugin, "keep-wrong": "" }));
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
