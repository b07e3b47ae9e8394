import assert from "node:assert/strict";
import { lstatSync, mkdirSync, writeFileSync } from "node:fs";
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

test("a link that fails for another reason is an error", async () => {
  await withFolder(async (out) => {
    const full = () => Promise.reject(Object.assign(new Error("no space"), { code: "ENOSPC" }));
    await assert.rejects(pointLatest(join(out, "run"), full), /Cannot write .*latest.*no space/);
  });
});
