import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { RunFile } from "../../src/format/plan.ts";
import { SLOPE_VERSION } from "../../src/base/version.ts";
import { findBrokenLinks } from "../../scripts/check_links.ts";
import { PROJECT } from "../support/cli.ts";
import {
  inProject,
  NEEDS_PACKAGE,
  onPath,
  slopeIn,
  STARTS,
  tarball,
} from "../support/installed.ts";
import { skipFor } from "../support/skips.ts";

const LISTS = readFileSync(join(PROJECT, "examples/lists.ts"), "utf8");
/** A sweep of some seconds. */
const BRIEF = [
  "--synthetic",
  "--sizes",
  "200",
  "--rounds",
  "2",
  "--epochs",
  "1",
  "--max-sample",
  "0.05s",
];

const runIn = (folder: string): RunFile =>
  JSON.parse(readFileSync(join(folder, "results", "latest", "run.json"), "utf8"));

test("the tarball is below 1.5 MB and holds no test", () => {
  assert.ok(statSync(tarball()).size < 1.5e6);
  const files = execFileSync("tar", ["-tzf", tarball()], { encoding: "utf8" }).split("\n");
  assert.deepEqual(
    files.filter((path) =>
      /_test\.|node_modules|(?<!\.d)\.ts$/.test(path) && !/\/(examples|templates)\//.test(path)
    ),
    [],
  );
  for (
    const path of [
      "src/index.d.ts",
      "src/child.js",
      "src/gradients/native/sparse.c",
      "kits/python/slope.py",
      "kits/templates/my_gradient.test.ts",
    ]
  ) {
    assert.ok(files.includes(`package/${path}`), path);
  }
});

test("an editor can show docstrings: the declarations keep them, though modules are packed without", () => {
  const text = (path: string) =>
    execFileSync("tar", ["-xzOf", tarball(), `package/${path}`], { encoding: "utf8" });
  assert.match(text("src/index.d.ts"), /\/\*\*/);
  assert.match(
    text("src/library/check_gradient.d.ts"),
    /\*\/\s+export declare function assertGradient\(/,
  );
});

test("pages of the package link to nothing that is not packed", () => {
  const files = execFileSync("tar", ["-tzf", tarball()], { encoding: "utf8" }).split("\n").map((
    path,
  ) => path.replace("package/", ""));
  const pages = new Map(
    files.filter((path) => path.endsWith(".md")).map((path) => [
      path,
      execFileSync("tar", ["-xzOf", tarball(), `package/${path}`], { encoding: "utf8" }),
    ]),
  );
  assert.ok(pages.size > 10);
  const exists = (path: string) =>
    files.some((file) => file === path || file.startsWith(path.replace(/\/?$/, "/")));
  const broken = findBrokenLinks(pages, exists);
  // In code marks, a file of the repository is words.
  assert.deepEqual(broken.filter((line) => !line.includes(": `")), []);
});

for (const runtime of Object.keys(STARTS)) {
  const skip = NEEDS_PACKAGE.skip ??
    skipFor(onPath(runtime) ? undefined : `there is no ${runtime} here`);
  test(
    `in ${runtime}, from a folder that npm init made, bench measures a plug-in and keeps the run there`,
    {
      ...NEEDS_PACKAGE,
      ...(skip !== undefined && { skip }),
    },
    () =>
      inProject({ "mine.ts": LISTS }, async (folder) => {
        const args = runtime === "node" ? ["--quick", "--synthetic"] : BRIEF;
        const { code, stdout, stderr, all } = await slopeIn(folder, [
          "bench",
          ...args,
          "--plugin",
          "mine.ts",
        ], { runtime });
        assert.equal(code, 0, all);
        assert.match(stdout, /fastest|Too close to call|seems/);
        // On a busy machine the budget may leave out trials of the plug-in, which the record says.
        const trials = readFileSync(join(folder, "results", "latest", "trials.jsonl"), "utf8");
        assert.match(trials, /"implementation":"mine"/);
        assert.match(stderr, /report: results\//);
        const { environment, plugins, plan } = runIn(folder);
        assert.equal(environment.slope, SLOPE_VERSION);
        assert.deepEqual(plan.runtimes, [runtime]);
        assert.equal(plugins?.[0].path, join(folder, "mine.ts"));
        assert.equal(plugins?.[0].gitCommit, undefined, "the project is no repository");
        assert.ok(existsSync(join(folder, "results", "latest", "report.html")));
        const report = await slopeIn(folder, ["report"], { runtime });
        assert.equal(report.code, 0, report.all);
        const texts = [
          all,
          report.all,
          ...["report.md", "report.html"].map((file) =>
            readFileSync(join(folder, "results/latest", file), "utf8")
          ),
        ];
        for (const text of texts) assert.doesNotMatch(text, /deno task|bun run|node src\/main/);
      }),
  );
}

test(
  "run.json has the commit of the user's repository for the plug-in, and of the package for Slope",
  NEEDS_PACKAGE,
  () =>
    inProject({ "mine.ts": LISTS, ".gitignore": "node_modules\nresults\n" }, async (folder) => {
      const git = (...args: string[]) =>
        execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b.c", ...args], {
          cwd: folder,
          encoding: "utf8",
        });
      git("init", "-q");
      git("add", ".");
      git("commit", "-qm", "first");
      const commit = git("rev-parse", "--short=12", "HEAD").trim();
      const bench = (...args: string[]) => slopeIn(folder, ["bench", ...BRIEF, ...args]);
      const both = ["--plugin", "mine.ts", "--implementations", "fused_typed,mine"];
      const first = await bench(...both);
      assert.equal(first.code, 0, first.all);
      const run = runIn(folder);
      assert.equal(run.plugins?.[0].gitCommit, commit);
      assert.notEqual(run.environment.gitCommit, commit);
      const { gitHead } = JSON.parse(
        readFileSync(join(folder, "node_modules/slope-bench/package.json"), "utf8"),
      );
      if (gitHead !== undefined) {
        assert.ok(gitHead.startsWith(run.environment.gitCommit?.replace(/-dirty$/, "")));
      }

      // The plug-in as it was is measured beside the present one, without a checkout of Slope.
      const [before] = readdirSync(join(folder, "results")).filter((name) => name !== "latest");
      execFileSync("sh", ["-c", "echo '// edited' >> mine.ts"], { cwd: folder });
      const against = await bench("--against", join("results", before));
      assert.equal(against.code, 0, against.all);
      const summary = JSON.parse(readFileSync(join(folder, "results/latest/summary.json"), "utf8"));
      const compared = summary.against.cells as { cell: { implementation: string } }[];
      assert.deepEqual(compared.map(({ cell }) => cell.implementation), ["mine"]);
      assert.match(against.stderr, /warning: fused_typed has no earlier code/);
      assert.equal(summary.against.a.gitCommit, commit);
      assert.equal(summary.against.b.gitCommit, `${commit}-dirty`);
      assert.equal(runIn(folder).plugins?.[0].gitCommit, `${commit}-dirty`);

      assert.equal((await bench("--implementations", "fused_typed")).code, 0);
      const own = await bench("--against", "latest");
      assert.equal(own.code, 2, own.all);
      assert.match(own.stderr, /none of fused_typed is in its code/);
      assert.match(
        own.stderr,
        /hint: name a plug-in with --plugin: the package has no earlier code/,
      );
    }),
);

test(
  "diagnose, verify and profile work on plug-ins of TypeScript and Python",
  NEEDS_PACKAGE,
  () =>
    inProject({
      "mine.ts": LISTS,
      "wrong.py": readFileSync(join(PROJECT, "examples/mistakes/sign_reversed.py"), "utf8"),
    }, async (folder) => {
      const small = ["--synthetic", "--sizes", "200"];
      const verified = await slopeIn(folder, [
        "verify",
        "--plugin",
        "mine.ts",
        ...small,
      ]);
      assert.equal(verified.code, 0, verified.all);
      const profiled = await slopeIn(folder, ["profile", "mine.ts", ...small]);
      // On a busy machine a profile may be invalid, which is code 1; its functions are told all the same.
      assert.ok([0, 1].includes(profiled.code!), profiled.all);
      assert.match(profiled.stdout, /Hottest functions[^]*mine\.ts:\d+/);
      if (skipFor(!onPath("python3") && "there is no python3 here")) return;
      const diagnosed = await slopeIn(folder, [
        "diagnose",
        "wrong.py",
        "--only",
        "gradient",
        ...small,
      ]);
      assert.equal(diagnosed.code, 1, diagnosed.all);
      assert.match(diagnosed.stdout, /sign-reversed/);
      assert.match(diagnosed.stdout, /next: npx slope verify/);
    }),
);
