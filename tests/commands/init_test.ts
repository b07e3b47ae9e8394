import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { parse } from "yaml";
import { CURRENT_RUNTIME } from "../../src/base/runtime.ts";
import { SLOPE_VERSION } from "../../src/base/version.ts";
import { pytestLine } from "../../src/cli/templates.ts";
import { PROJECT, refusesHere, slopeHere, smallData, withFolder } from "../support/cli.ts";
import { NEEDS_COMPILER } from "../support/native.ts";
import { NEEDS_PYTHON, PYTHON } from "../support/python.ts";
import { SLOW } from "../support/slow.ts";
import { skipFor } from "../support/skips.ts";

const starts = (command: string): boolean =>
  spawnSync(command, ["--version"], { stdio: "ignore" }).status === 0;

const init = async (dir: string, ...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await slopeHere(["init", ...args, "--dir", dir]);
  assert.equal(code, 0, stderr);
  return stdout;
};

/** Trains the program that the configuration in `dir` names; the accuracies after each epoch. */
async function accuracies(dir: string): Promise<number[]> {
  const { code, stdout, stderr } = await slopeHere([
    ...["train", "--epochs", "2", "--format", "json", "--data", smallData()],
    ...["--config", join(dir, "slope.config.json")],
    ...PYTHON === undefined ? [] : ["--python", PYTHON],
  ]);
  assert.equal(code, 0, stderr);
  const { training, verification } = JSON.parse(stdout);
  assert.notEqual(verification.verdict, "wrong");
  return training.epochs.map(({ testAccuracy }: { testAccuracy: number }) => testAccuracy);
}

for (
  const [language, needs, files] of [
    ["ts", {}, ["my_gradient.ts", "my_gradient.test.ts"]],
    ["py", NEEDS_PYTHON, ["my_gradient.py", "test_my_gradient.py", "pytest.ini"]],
    ["c", NEEDS_COMPILER, ["my_gradient.c", "test_my_gradient.sh"]],
  ] as const
) {
  test(
    `init ${language} writes a plug-in that runs and learns`,
    { ...SLOW, ...needs },
    async () => {
      await withFolder(async (dir) => {
        const told = await init(dir, language);
        for (const file of [...files, "slope.config.json"]) {
          assert.match(told, new RegExp(`wrote .*${file}: `));
        }
        assert.deepEqual(JSON.parse(readFileSync(join(dir, "slope.config.json"), "utf8")), {
          plugins: [files[0]],
        });
        const [first, second] = await accuracies(dir);
        assert.ok(second > 0.5 && second > first, `${first}, then ${second}`);
      });
    },
  );
}

test(
  "the test of C, which Node starts, passes for a right gradient alone, and Node alone verifies none",
  {
    ...SLOW,
    ...NEEDS_COMPILER,
    ...(!["node", CURRENT_RUNTIME.name].every(starts) &&
      { skip: skipFor(`node and ${CURRENT_RUNTIME.name} are not both on PATH`) }),
  },
  async () => {
    await withFolder(async (dir) => {
      await init(dir, "c");
      const inNode = `node ${join(PROJECT, "src/main.ts")}`;
      const run = (command: string) =>
        spawnSync("sh", ["-c", command], {
          cwd: dir,
          encoding: "utf8",
          env: { ...process.env, SLOPE: inNode, SLOPE_DATA: smallData(), NO_COLOR: "1" },
        });
      const right = run("./test_my_gradient.sh");
      assert.equal(right.status, 0, right.stdout + right.stderr);
      assert.match(right.stdout, /^✓ 1 cell agrees/);
      const alone = run(`${inNode} verify --plugin my_gradient.c`);
      assert.equal(alone.status, 1, alone.stdout + alone.stderr);
      assert.match(alone.stdout, /^✗ Nothing was verified; 1 skipped\./);
      assert.match(alone.stderr, /hint: .*--runtimes deno/);
      const path = join(dir, "my_gradient.c");
      writeFileSync(path, readFileSync(path, "utf8").replace("* (1 - a[o])", ""));
      const wrong = run("./test_my_gradient.sh");
      assert.equal(wrong.status, 1, wrong.stdout + wrong.stderr);
      assert.match(wrong.stdout, /^✗ 1 of 1 cell is wrong or failed: my_gradient/);
    });
  },
);

test("init never overwrites: it writes nothing, or keeps what is there", SLOW, async () => {
  await withFolder(async (dir) => {
    writeFileSync(join(dir, "my_gradient.test.ts"), "mine");
    assert.match(await init(dir), /wrote .*my_gradient\.ts.*\nkept .*my_gradient\.test\.ts/s);
    assert.equal(readFileSync(join(dir, "my_gradient.test.ts"), "utf8"), "mine");
    await refusesHere(["init", "--dir", dir], /init overwrites nothing\nhint: .*--name/);
    const workflow = await init(dir, "--workflow");
    assert.match(workflow, /^wrote .*slope\.yml: measures every pull request on GitHub\n$/);
    await refusesHere(["init", "--workflow", "--dir", dir], /slope\.yml: already there/);
    writeFileSync(join(dir, "slope.config.json"), "{}");
    const told = await init(dir, "--name", "second");
    assert.match(told, /Add "second\.ts" to the plug-ins/);
    assert.equal(readFileSync(join(dir, "slope.config.json"), "utf8"), "{}");
    assert.match(readFileSync(join(dir, "second.test.ts"), "utf8"), /from "\.\/second\.ts"/);
  });
});

test("init fits the project: Vitest, CommonJS, Deno alone, and a workflow", SLOW, async () => {
  await withFolder(async (dir) => {
    const project = (name: string, files: Record<string, string>) => {
      const folder = join(dir, name);
      mkdirSync(folder);
      Object.entries(files).forEach(([file, text]) => writeFileSync(join(folder, file), text));
      return folder;
    };
    const vitest = project("vitest", {
      "package.json": '{"type": "commonjs", "devDependencies": {"vitest": "4.0.0"}}',
    });
    assert.match(await init(vitest, "--workflow"), /\nTest: `.*npx\s+vitest\s+run`/s);
    const text = readFileSync(join(vitest, "my_gradient.test.mts"), "utf8");
    assert.match(text, /import \{ test \} from "vitest";/);
    assert.match(text, /import \* as program from "\.\/my_gradient\.mts";/);
    const workflow = readFileSync(join(vitest, ".github/workflows/slope.yml"), "utf8");
    assert.ok(workflow.includes(`slope@v${SLOPE_VERSION} #`), workflow);
    assert.doesNotMatch(workflow, /runtime:/);

    const native = project("native", {});
    const path = join(native, ".github", "workflows", "slope.yml");
    for (const words of [["c", "--workflow"], ["--workflow"]]) {
      await init(native, ...words); // the second one finds the configuration alone
      const { jobs } = parse(readFileSync(path, "utf8"));
      assert.deepEqual(jobs.gradient.steps.at(-1).with, { runtime: "deno" }, words.join(" "));
      rmSync(path);
    }

    const deno = project("deno", { "deno.json": "{}" });
    await init(deno);
    const ofDeno = readFileSync(join(deno, "my_gradient.test.ts"), "utf8");
    assert.ok(ofDeno.includes(`from "npm:slope-bench@${SLOPE_VERSION}"`), ofDeno);

    const json = await slopeHere([
      "init",
      "c",
      "--dir",
      deno,
      "--name",
      "other",
      "--format",
      "json",
    ]);
    const { written, kept } = JSON.parse(json.stdout);
    assert.deepEqual([written.length, kept.length], [2, 0]);
    assert.ok(statSync(join(deno, "test_other.sh")).mode & 0o100, "the test can be executed");
  });
});

test(
  "init in a folder of a repository: paths start at the configuration, the workflow lies at the root",
  SLOW,
  async () => {
    await withFolder(async (root) => {
      const net = join(root, "packages", "the net");
      mkdirSync(join(root, ".git"));
      const own = await init(net, "c", "--workflow");
      assert.match(own, /wrote .*the net\/slope\.config\.json: /);
      const path = join(root, ".github/workflows/slope.yml");
      const { with: inputs } = parse(readFileSync(path, "utf8")).jobs.gradient.steps.at(-1);
      assert.deepEqual(inputs, { "working-directory": "packages/the net", runtime: "deno" });
      assert.ok(!existsSync(join(net, ".github")));
      rmSync(path);
      rmSync(join(net, "slope.config.json"));
      // The name at the root is another file's.
      writeFileSync(join(root, "slope.config.json"), '{ "plugins": ["my_gradient.ts"] }');
      const told = await init(net, "ts", "--workflow");
      assert.match(
        told.replaceAll(/\s+/g, " "),
        /Add "packages\/the net\/my_gradient\.ts" to the plug-ins/,
      );
      assert.ok(!parse(readFileSync(path, "utf8")).jobs.gradient.steps.at(-1).with);
      const plugins = ["./packages/the net/second.ts"];
      writeFileSync(join(root, "slope.config.json"), JSON.stringify({ plugins }));
      assert.doesNotMatch(await init(net, "--name", "second"), /Add "/);
      // A folder that is not there yet has the configuration that it will have.
      const fresh = join(root, "packages", "new");
      const below = (await init(fresh)).replaceAll(/\s+/g, " ");
      assert.match(
        below,
        /Add "packages\/new\/my_gradient\.ts" to the plug-ins in .*slope\.config\.json/,
      );
      assert.ok(!existsSync(join(fresh, "slope.config.json")));
      rmSync(join(root, ".git"), { recursive: true });
      const alone = join(root, "packages", "alone");
      assert.match(await init(alone), /wrote .*alone\/slope\.config\.json: /);
    });
  },
);

test("init tells pytest the path of the kit as its file wants it", SLOW, async () => {
  await withFolder(async (dir) => {
    const kit = "node_modules/slope-bench/kits/python";
    mkdirSync(join(dir, kit), { recursive: true });
    await init(dir, "py");
    assert.equal(readFileSync(join(dir, "pytest.ini"), "utf8"), `[pytest]\npythonpath = ${kit}\n`);
    rmSync(join(dir, "pytest.ini"));
    writeFileSync(join(dir, "pyproject.toml"), "");
    const told = await init(dir, "py", "--name", "other");
    assert.ok(told.replaceAll(/\s+/g, " ").includes(`Add pythonpath = ["${kit}"] to the`), told);
  });
  assert.equal(pytestLine("C:\\My files\\kit", "\\"), 'pythonpath = "C:/My files/kit"');
});

test("init says what it cannot use", SLOW, async () => {
  await withFolder(async (dir) => {
    writeFileSync(join(dir, "file"), "");
    await refusesHere(["init", "--dir", join(dir, "file")], /Cannot write .*\nhint: .*--dir/s);
    await refusesHere(
      ["init", "--dir", join(dir, "file", "new")],
      /Cannot write .*\nhint: .*--dir/s,
    );
    await refusesHere(["init", "py", "--dir", dir, "--name", "a-b"], /Python can import.*\nhint:/s);
    for (
      const [name, pattern] of [
        ["class", /Python can import: it is a word/],
        ["None", /Python can import: it is a word/],
        ...["slope", "numpy", "random", "pytest"].map((name) => [name, /hides no module/] as const),
      ] as const
    ) {
      await refusesHere(["init", "py", "--dir", dir, "--name", name], pattern);
    }
    await init(dir, "--name", "random");
    await refusesHere(["init", "--dir", dir, "--name", "../a"], /Cannot call a program/);
    await refusesHere(["init", "rust"], /expected ts, py or c/);
  });
});
