import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { InputError } from "../base/errors.ts";
import { withFolder } from "../../tests/support/cli.ts";
import { commit, git, makeRepository, writeFiles } from "../../tests/support/repository.ts";
import {
  areSameCode,
  findBaseCommit,
  hasUncommitted,
  isAhead,
  openBaseVersion,
} from "./base_version.ts";

const refused = (message: RegExp, hint: RegExp) => (error: unknown): true => {
  assert.ok(error instanceof InputError, String(error));
  assert.match(error.message, message);
  assert.match(error.hint ?? "", hint);
  return true;
};

/** Two commits of a plug-in that imports a file; the second changes that file. */
async function withRepository(
  body: (folder: string, commits: readonly [string, string]) => Promise<void>,
): Promise<void> {
  await withFolder(async (made) => {
    const folder = join(realpathSync(made), "project");
    const first = makeRepository(folder, {
      "src/mine.ts": 'export * from "./sum.ts";\n',
      "src/sum.ts": "export const sum = 1;\n",
      "other.ts": "export const other = 1;\n",
      ".gitattributes": "src export-ignore\n",
      ".gitignore": "node_modules\n",
    });
    const second = commit(folder, { "src/sum.ts": "export const sum = 2;\n" });
    await body(folder, [first, second]);
  });
}

test("the base version of a plug-in has its imports and the packages installed now", async () => {
  await withRepository(async (folder, [first, second]) => {
    writeFiles(folder, { "node_modules/a/package.json": "{}", "new.ts": "export {};\n" });
    const mine = join(folder, "src/mine.ts");
    const status = git(folder, "status", "--porcelain");
    const base = await openBaseVersion({ ref: "x", gitCommit: first, repository: folder }, [mine]);
    try {
      const before = base.pluginOf(mine)!;
      assert.match(readFileSync(join(before, "../sum.ts"), "utf8"), /sum = 1/);
      assert.ok(existsSync(join(before, "../../node_modules/a/package.json")));
      assert.equal(base.pluginOf(join(folder, "new.ts")), undefined, "it was not there");
      assert.equal(areSameCode(mine, before), false);
      const other = join(folder, "other.ts");
      assert.equal(areSameCode(other, base.pluginOf(other)!), true);
      const line = `cmd: node "${join(folder, "other.ts")}" --fast`;
      assert.match(base.pluginOf(line)!, /^cmd: "node" "\S+tree\/other\.ts" "--fast"$/);
      assert.equal(base.pluginOf("cmd: node --fast"), undefined);
    } finally {
      await base.remove();
    }
    assert.equal(git(folder, "status", "--porcelain"), status, "the user's index is as it was");
    assert.equal(git(folder, "worktree", "list").split("\n").length, 1);
    assert.equal(git(folder, "rev-parse", "HEAD"), second);
  });
});

test("a plug-in behind a link is found in the repository of its target", async () => {
  await withRepository(async (folder, [first]) => {
    const link = join(folder, "..", "link");
    symlinkSync(join(folder, "src"), link);
    const found = await findBaseCommit("HEAD~1", [join(link, "mine.ts")], "/");
    assert.deepEqual(found, { ref: "HEAD~1", gitCommit: first, repository: folder });
    const base = await openBaseVersion(found, [join(link, "mine.ts")]);
    assert.ok(base.pluginOf(join(link, "mine.ts")));
    await base.remove();
  });
});

test("a ref that is not there is refused, with the nearest one", async () => {
  await withRepository(async (folder) => {
    const mine = join(folder, "src/mine.ts");
    const find = (ref: string) => findBaseCommit(ref, [mine], folder);
    await assert.rejects(find("mian"), refused(/no such branch.*did you mean "main"/, /git fetch/));
    await assert.rejects(find("0123456789"), refused(/no such branch, tag or commit$/, /./));
    git(folder, "update-ref", "refs/remotes/origin/release", "HEAD");
    await assert.rejects(find("release"), refused(/did you mean "origin\/release"/, /./));
    assert.equal((await find("origin/release")).gitCommit, git(folder, "rev-parse", "HEAD"));
  });
});

test("a shallow clone says that it is shallow", async () => {
  await withRepository(async (folder, [first]) => {
    const clone = join(folder, "..", "clone");
    git(folder, "clone", "--quiet", "--depth", "1", `file://${folder}`, clone);
    await assert.rejects(
      findBaseCommit(first, [join(clone, "src/mine.ts")], clone),
      refused(/is shallow, and lacks that commit/, /fetch-depth: 0/),
    );
    const head = git(clone, "rev-parse", "HEAD");
    assert.equal(await isAhead({ ref: "x", gitCommit: head, repository: clone }), false);
  });
});

test("plug-ins outside a repository, or in two, are refused", async () => {
  await withRepository(async (folder) => {
    const outside = join(folder, "..", "outside");
    mkdirSync(outside);
    writeFileSync(join(outside, "mine.ts"), "");
    await assert.rejects(
      findBaseCommit("main", [join(outside, "mine.ts")], folder),
      refused(/is in no git repository/, /commit the plug-in/),
    );
    const second = join(folder, "..", "second");
    makeRepository(second, { "mine.ts": "" });
    await assert.rejects(
      findBaseCommit("main", [join(folder, "src/mine.ts"), join(second, "mine.ts")], folder),
      refused(/expected one repository/, /one after the other/),
    );
  });
});

test("changes that are in no commit, and commits that the branch lacks, are known", async () => {
  await withRepository(async (folder, [first]) => {
    const mine = join(folder, "src/mine.ts");
    assert.equal(await hasUncommitted(mine, folder), false);
    writeFiles(folder, { "src/sum.ts": "export const sum = 3;\n" });
    assert.equal(await hasUncommitted(mine, folder), true, "an import was changed");
    assert.equal(await hasUncommitted(join(folder, "other.ts"), folder), false);
    git(folder, "checkout", "--quiet", "--force", "-b", "feature", first);
    const of = async (ref: string) => await isAhead(await findBaseCommit(ref, [mine], folder));
    assert.equal(await of("main"), true);
    assert.equal(await of("HEAD"), false);
    commit(folder, { "other.ts": "export const other = 2;\n" });
    assert.equal(await of(first), false);
  });
});
