import assert from "node:assert/strict";
import { lstatSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { withFolder } from "../../tests/support/cli.ts";
import { findRunFolder, pointLatest, RUN_FILE, runNames, saveRun } from "./run_folder.ts";

const refused = () => Promise.reject(Object.assign(new Error("not permitted"), { code: "EPERM" }));

for (
  const { kind, link } of [{ kind: "link", link: symlink }, { kind: "text file", link: refused }]
) {
  test(`latest is a ${kind} that leads to the newest run`, async () => {
    await withFolder(async (out) => {
      const folders = ["first", "second"].map((name) => join(out, name));
      for (const folder of folders) {
        mkdirSync(folder);
        writeFileSync(join(folder, RUN_FILE), "{}");
        await pointLatest(folder, link);
        assert.equal(await findRunFolder("latest", out), folder);
        assert.equal(await findRunFolder(join(out, "latest"), "elsewhere"), folder);
      }
      assert.equal(lstatSync(join(out, "latest")).isSymbolicLink(), kind === "link");
      assert.equal(await findRunFolder("first", out), folders[0]);
      assert.deepEqual(runNames(out), ["first", "second"]);
    });
  });

  test(`a saved name is a ${kind} that leads to its run until another one gets it`, async () => {
    await withFolder(async (out) => {
      const folders = ["first", "second"].map((name) => join(out, name));
      for (const folder of folders) {
        mkdirSync(folder);
        writeFileSync(join(folder, RUN_FILE), "{}");
      }
      for (const folder of folders) {
        await saveRun(folder, "main", link);
        assert.equal(await findRunFolder("main", out), folder);
      }
      for (const name of ["latest", "first", "a/b", "..", "-x", ""]) {
        await assert.rejects(saveRun(folders[1], name, link), /Cannot save a run as/);
      }
      assert.equal(await findRunFolder("first", out), folders[0]);
      assert.deepEqual(runNames(out), ["first", "second"]);
    });
  });
}

test("a saved name replaces no file that gives no run a name", async () => {
  await withFolder(async (out) => {
    const folder = join(out, "run");
    mkdirSync(folder);
    writeFileSync(join(folder, RUN_FILE), "{}");
    writeFileSync(join(out, "notes.txt"), "Wednesday: faster?\n");
    writeFileSync(join(out, "long"), "x".repeat(1e5));
    writeFileSync(join(out, "empty"), "");
    await symlink("notes.txt", join(out, "linked"));
    for (const name of ["notes.txt", "long", "empty", "linked"]) {
      await assert.rejects(
        saveRun(folder, name),
        /Cannot save .*there is a file of that name/,
        name,
      );
    }
    assert.equal(readFileSync(join(out, "notes.txt"), "utf8"), "Wednesday: faster?\n");
    writeFileSync(join(out, "removed"), "20260102T030405Z-host\n"); // its run is gone
    await saveRun(folder, "removed");
    assert.equal(await findRunFolder("removed", out), folder);
  });
});

test("a link that fails for another reason is an error", async () => {
  await withFolder(async (out) => {
    const full = () => Promise.reject(Object.assign(new Error("no space"), { code: "ENOSPC" }));
    await assert.rejects(pointLatest(join(out, "run"), full), /Cannot write .*latest.*no space/);
  });
});
